import { runChange } from "../call.ts";
import type { Database } from "../client.ts";
import type { MailLink, MailLinkRow } from "../queries/mail-links.ts";

export interface MailLinkAnswer {
  /** Whether what the link asks for is so now. */
  done: boolean;
  /** When the patient's notification falls due, epoch milliseconds; null when there is none. */
  dueAt: number | null;
  link: MailLinkRow;
}

/** Answers a mail by its link, in the version that the page showed: answer_mail_link.sql. */
export function answerMailLink(
  db: Database,
  { purpose, appointmentId, patientId, told }: MailLink,
  version: number,
  requestId: string,
): Promise<MailLinkAnswer> {
  const args = { appointment: appointmentId, patient: patientId, told, shown_version: version, request_id: requestId };
  return runChange(db, "answer_mail_link", { purpose, ...args });
}
