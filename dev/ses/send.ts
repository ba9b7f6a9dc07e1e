import { z } from "zod";
import type { Refusal } from "./signature.ts";
import type { Particulars } from "./store.ts";

/** Letters, digits, _ and -: SES's rule for names of configuration sets and for tags. */
const word = z.string().regex(/^[\w-]{1,256}$/, "may contain only letters, digits, _ and -, at most 256 of them");
const addresses = z.array(z.string().min(3)).optional();

/** The rules of `SendEmail` that aws-ses-v2-local does not enforce (SES API v2 reference, SendEmail). */
const sendEmail = z.object({
  FromEmailAddress: z.string().min(3).optional(),
  ConfigurationSetName: word.optional(),
  EmailTags: z
    .array(z.object({ Name: word, Value: word }))
    .max(50)
    .optional(),
  Destination: z.object({ ToAddresses: addresses, CcAddresses: addresses, BccAddresses: addresses }).optional(),
  Content: z.object({
    Raw: z.object({ Data: z.base64("is not base64").min(1, "is empty") }).optional(),
    Simple: z.object({}).optional(),
    Template: z.object({}).optional(),
  }),
});

/** Reads the body of a `SendEmail` request; a Refusal says why SES would not accept it. */
export function parseSend(body: Buffer): Particulars | Refusal {
  let json: unknown;
  try {
    json = JSON.parse(body.toString("utf8"));
  } catch {
    return { status: 400, type: "SerializationException", message: "The request body is not JSON." };
  }
  const parsed = sendEmail.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return badRequest(`${issue?.path.join(".") || "The request"}: ${issue?.message ?? "not valid"}.`);
  }
  const { Content, Destination, ConfigurationSetName, EmailTags = [] } = parsed.data;
  const kinds = Object.values(Content).filter((content) => content !== undefined).length;
  if (kinds !== 1) return badRequest("Content must be exactly one of Raw, Simple and Template.");
  const destination = {
    to: Destination?.ToAddresses ?? [],
    cc: Destination?.CcAddresses ?? [],
    bcc: Destination?.BccAddresses ?? [],
  };
  const recipients = Object.values(destination).flat().length;
  if (recipients > 50) return badRequest("Recipient count exceeds 50.");
  if (recipients === 0 && !(Content.Raw && hasRecipientHeader(Content.Raw.Data))) {
    return badRequest("Destination must name at least one recipient.");
  }
  return {
    destination,
    tags: EmailTags.map(({ Name, Value }) => ({ name: Name, value: Value })),
    ...(Content.Raw ? { raw: Content.Raw.Data } : {}),
    ...(ConfigurationSetName ? { configurationSetName: ConfigurationSetName } : {}),
  };
}

/** Whether a raw message has recipients; then SES needs no Destination (RFC 5322, section 3.6.3). */
function hasRecipientHeader(base64: string): boolean {
  const [head = ""] = Buffer.from(base64, "base64")
    .toString("latin1")
    .split(/\r?\n\r?\n/, 1);
  return /^(to|cc|bcc):\s*\S/im.test(head);
}

function badRequest(message: string): Refusal {
  return { status: 400, type: "BadRequestException", message };
}
