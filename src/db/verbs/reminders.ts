import type { Particulars } from "#domain/message/context.ts";
import type { Fact } from "#domain/settle.ts";
import { type Callable, run } from "../call.ts";
import type { ReminderChoice } from "../queries/preferences.ts";

/** A claimed reminder with all that its mail needs. The lease is the claimer's alone until it runs out. */
export interface ReminderClaim {
  appointmentId: string;
  patientId: string;
  leaseId: string;
  leadHours: number;
  deliveryId: string;
  now: Fact;
  particulars: Particulars;
}

/** Claims up to `limit` reminders that are due, and records that they are about to be sent: claim_reminders.sql. */
export function claimReminders(db: Callable, limit: number): Promise<ReminderClaim[]> {
  return run(db, "claim_reminders", { batch: limit });
}

/**
 * The outcome of a claim.
 * - `failed`: it cannot be sent, for `why` (a code), and staff have a task.
 * - `again`: it may not have been sent, and is tried again later, if it is still due then.
 */
export type Reminded = { claim: ReminderClaim } & (
  | { outcome: "sent"; messageId: string }
  | { outcome: "failed" | "again"; why: string }
);

/** Records what became of claims: settle_reminders.sql. */
export async function settleReminders(db: Callable, settled: readonly Reminded[]): Promise<void> {
  if (settled.length === 0) return;
  const rows = settled.map(({ claim, ...rest }) => ({
    appointment: claim.appointmentId,
    patient: claim.patientId,
    lease: claim.leaseId,
    delivery: claim.deliveryId,
    outcome: rest.outcome,
    ...(rest.outcome === "sent" ? { message: rest.messageId } : { why: rest.why }),
  }));
  await run(db, "settle_reminders", { settled: rows });
}

/** Turns a patient's reminders off by a link from their mail; null: there is no such patient. stop_reminders.sql. */
export function stopReminders(db: Callable, patientId: string, requestId: string): Promise<ReminderChoice | null> {
  return run(db, "stop_reminders", { patient: patientId, request_id: requestId });
}
