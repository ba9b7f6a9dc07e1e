import { MAIL_LINK_PURPOSES } from "#domain/closed-lists.ts";
import { UUID_BYTES, fromUuid, open, seal, toUuid } from "#lib/sealing.ts";

/** The purpose of the key that seals the links that answer a mail. */
const MAIL_LINK = "mail-link";

/** The purpose of a link in a mail, and the place that the mail named: start (epoch milliseconds) and location. */
export interface MailLinkContent {
  purpose: (typeof MAIL_LINK_PURPOSES)[number];
  appointmentId: string;
  patientId: string;
  told: { startsAt: number; locationId: string };
}

/** The number of the purpose, three UUIDs, and the start as a big-endian 64-bit integer. */
const MAIL_LINK_BYTES = 1 + 3 * UUID_BYTES + 8;

/** A link's token: one purpose, one appointment, one patient, and the place that the mail named. */
export function sealMailLink(secret: string, { purpose, appointmentId, patientId, told }: MailLinkContent) {
  const start = new Uint8Array(8);
  new DataView(start.buffer).setBigInt64(0, BigInt(told.startsAt));
  const ids = [appointmentId, patientId, told.locationId].flatMap((id) => [...fromUuid(id)]);
  return seal(secret, MAIL_LINK, new Uint8Array([MAIL_LINK_PURPOSES.indexOf(purpose), ...ids, ...start]));
}

/** The content of a token of `sealMailLink`; null for any other text. */
export async function openMailLink(secret: string, token: string): Promise<MailLinkContent | null> {
  const plain = await open(secret, MAIL_LINK, token, MAIL_LINK_BYTES);
  const purpose = plain && MAIL_LINK_PURPOSES[plain[0] ?? -1];
  if (!plain || !purpose) return null;
  const id = (at: number) => toUuid(plain.slice(1 + at * UUID_BYTES, 1 + (at + 1) * UUID_BYTES));
  const startsAt = Number(new DataView(plain.buffer, plain.byteOffset).getBigInt64(1 + 3 * UUID_BYTES));
  return { purpose, appointmentId: id(0), patientId: id(1), told: { startsAt, locationId: id(2) } };
}

/**
 * The addresses of the answers to a mail, with the appointment's place in that mail. `publicUrl` has no slash at its end.
 */
export async function answersTo(
  secret: string,
  publicUrl: string,
  content: Omit<MailLinkContent, "purpose">,
): Promise<Record<MailLinkContent["purpose"], string>> {
  const urlOf = async (purpose: MailLinkContent["purpose"]) =>
    `${publicUrl}/links/${await sealMailLink(secret, { ...content, purpose })}`;
  const [come, fine, cancel] = await Promise.all([urlOf("come"), urlOf("fine"), urlOf("cancel")]);
  return { come, fine, cancel };
}
