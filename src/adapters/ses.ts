import { AwsClient } from "aws4fetch";
import MailComposer from "nodemailer/lib/mail-composer";
import * as z from "zod/v4";
import { MessageNotTaken, MessageRefused, type Outgoing, type Sender } from "#domain/message/sender.ts";

export interface MailSettings {
  endpoint: string;
  region: string;
  from: string;
  configurationSet: string | undefined;
  accessKeyId: string;
  secretAccessKey: string;
}

const TIMEOUT_MS = 10_000;

/**
 * SES's errors about the message itself. After its other 400s and 404 (no such configuration set) the message can be sent
 * later. Those 400s are: sending paused, account suspended, sender's domain not verified, quota reached.
 */
const ABOUT_THE_MESSAGE = new Set(["BadRequestException", "MessageRejected"]);

/**
 * E-mail through Amazon SES v2: SendEmail with a raw message, so that the calendar part is an alternative body, where mail
 * programs look for invitations.
 */
export function openMail(settings: MailSettings): Sender {
  return { send: (mail) => sendMail(mail, settings) };
}

async function sendMail(mail: Outgoing, settings: MailSettings): Promise<string> {
  const raw = await new MailComposer({
    from: { name: mail.fromName, address: settings.from },
    to: mail.to,
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    // Automatic replies must not answer it (RFC 3834).
    headers: { "Auto-Submitted": "auto-generated", ...mail.headers },
    // One calendar part (iMIP, RFC 6047 2.4); `icalEvent` would attach a second copy.
    alternatives: mail.calendar
      ? [
          {
            contentType: `text/calendar; charset=utf-8; method=${mail.calendar.method}`,
            content: mail.calendar.content,
          },
        ]
      : [],
  })
    .compile()
    .build();
  const aws = new AwsClient({
    accessKeyId: settings.accessKeyId,
    secretAccessKey: settings.secretAccessKey,
    region: settings.region,
    service: "ses",
    retries: 0,
  });
  const response = await aws.fetch(`${settings.endpoint.replace(/\/$/, "")}/v2/email/outbound-emails`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      FromEmailAddress: settings.from,
      Destination: { ToAddresses: [mail.to] },
      Content: { Raw: { Data: raw.toString("base64") } },
      EmailTags: Object.entries(mail.tags).map(([Name, Value]) => ({ Name, Value })),
      ...(settings.configurationSet ? { ConfigurationSetName: settings.configurationSet } : {}),
    }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) {
    // The error's name without its namespace and URI (AWS restJson1: `namespace#name:uri`).
    const type = /(?:.*#)?([A-Za-z]+)/.exec(response.headers.get("x-amzn-errortype") ?? "")?.[1] ?? "";
    const answer = `SES answered ${response.status} ${type}`;
    if (ABOUT_THE_MESSAGE.has(type)) throw new MessageRefused(answer);
    // After a 5xx SES may have accepted the message.
    throw response.status < 500 ? new MessageNotTaken(answer) : new Error(answer);
  }
  return z.object({ MessageId: z.string() }).parse(await response.json()).MessageId;
}
