import { AwsClient } from "aws4fetch";
import MailComposer from "nodemailer/lib/mail-composer";
import { z } from "zod";

export interface MailSettings {
  endpoint: string;
  region: string;
  from: string;
  configurationSet: string | undefined;
  accessKeyId: string;
  secretAccessKey: string;
}

export interface Mail {
  to: string;
  fromName: string;
  subject: string;
  text: string;
  html: string;
  calendar: { method: "REQUEST" | "CANCEL"; content: string };
  /** Ids only: they come back with bounces and complaints. */
  tags: Record<string, string>;
}

/** SES refused the message for good (a bad address, a bad request): sending it again is of no use. */
export class MailRefused extends Error {
  override name = "MailRefused";
}

const TIMEOUT_MS = 10_000;

/**
 * Sends one e-mail through Amazon SES v2 (SendEmail with a raw message, so that the calendar part stands as an
 * alternative body, where mail programs look for invitations). Answers SES's message id.
 *
 * Throws MailRefused on a final refusal; any other error means that it may or may not have been sent.
 */
export async function sendMail(mail: Mail, settings: MailSettings): Promise<string> {
  const raw = await new MailComposer({
    from: { name: mail.fromName, address: settings.from },
    to: mail.to,
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    // One calendar part, as iMIP has it (RFC 6047 2.4); `icalEvent` would attach a second copy.
    alternatives: [
      { contentType: `text/calendar; charset=utf-8; method=${mail.calendar.method}`, content: mail.calendar.content },
    ],
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
  if (response.status === 400 || response.status === 404) throw new MailRefused(`SES answered ${response.status}`);
  if (!response.ok) throw new Error(`SES answered ${response.status}`);
  return z.object({ MessageId: z.string() }).parse(await response.json()).MessageId;
}
