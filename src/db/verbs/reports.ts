import type { Feedback } from "#domain/feedback.ts";
import { type Callable, run } from "../call.ts";

/** SES's report about a mail. */
export interface MailFeedback extends Feedback {
  /** SES's id of the mail, and ours of the delivery, if it came back with the mail. */
  messageId: string;
  deliveryId: string | null;
  /** The recipients concerned, as SES names them. */
  addresses: string[];
}

/**
 * Records what became of a mail: record_feedback.sql.
 * @returns false if there was nothing to record
 */
export function recordFeedback(db: Callable, feedback: MailFeedback): Promise<boolean> {
  const { outcome, why, messageId, deliveryId, addresses } = feedback;
  const args = { outcome, reason: why, delivery: deliveryId, message: messageId, addresses };
  return run(db, "record_feedback", args);
}

/** A message that the queue has given up: ids and codes only. */
export interface DeadLetter {
  job: string;
  messageId: string;
  /** Where the queue keeps it. */
  deadLetterId: string | null;
  /** The last answer's status; 0 when there was none. */
  status: number;
  appointmentId: string | null;
}

/** Opens a task for staff about a dead letter, or counts it in the open one: report_dead_letter.sql. */
export async function reportDeadLetter(db: Callable, letter: DeadLetter): Promise<void> {
  await run(db, "report_dead_letter", {
    job: letter.job,
    message: letter.messageId,
    dead_letter: letter.deadLetterId,
    answer_status: letter.status,
    appointment: letter.appointmentId,
  });
}
