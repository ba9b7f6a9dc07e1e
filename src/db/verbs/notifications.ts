import type { Particulars } from "#domain/message/context.ts";
import type { Fact, Notice } from "#domain/settle.ts";
import { type Callable, run } from "../call.ts";
import type { TaskKind } from "../queries/tasks.ts";

/** A claimed outbox row with all that its message needs. The lease is the claimer's alone until it runs out. */
export interface Claim {
  appointmentId: string;
  patientId: string;
  leaseId: string;
  version: number;
  /** How long the notification has been due, seconds. */
  lagSeconds: number;
  /** iCalendar SEQUENCE of the message that is sent for this claim. */
  sequence: number;
  lastNotified: Fact | null;
  /** A later message may have been sent, so the patient or their calendar may believe what it said. */
  unsure: boolean;
  now: Fact;
  particulars: Particulars;
}

/** The claimed notifications. Instants are epoch milliseconds. */
export interface Claimed {
  claims: Claim[];
  /** When the named appointment falls due, if it is dirty but not due yet. */
  waiting: number | null;
  /** The database's clock. */
  now: number;
}

/** Claims one appointment's rows that are due, or up to `limit` of all: claim_notifications.sql. */
export function claimDue(db: Callable, target: { appointmentId: string } | { limit: number }): Promise<Claimed> {
  const isOne = "appointmentId" in target;
  const args = isOne ? { appointment: target.appointmentId, batch: null } : { appointment: null, batch: target.limit };
  return run(db, "claim_notifications", args);
}

/** A message that is about to be sent for a claim. */
export interface Start {
  claim: Claim;
  kind: Exclude<Notice["kind"], "nothing">;
  sequence: number;
}

/**
 * Records that messages are about to be sent, before they are: start_deliveries.sql.
 * @returns each claim's delivery by its lease; a claim without one must not be sent
 */
export async function startDeliveries(db: Callable, starts: readonly Start[]): Promise<Map<string, string>> {
  if (starts.length === 0) return new Map();
  const rows = starts.map(({ claim, kind, sequence }) => ({ ...keyOf(claim), kind, sequence }));
  return new Map(Object.entries(await run<Record<string, string>>(db, "start_deliveries", { starts: rows })));
}

/**
 * The outcome of a claim.
 * - `nothing`: there was nothing to notify the patient of.
 * - `failed`: it cannot be sent, for `why` (a code), and staff have a task.
 * - `again`: it may not have been sent, and is tried again later.
 */
export type Settled = { claim: Claim } & (
  | { outcome: "nothing" }
  | { outcome: "sent"; deliveryId: string; messageId: string; sequence: number }
  | { outcome: "failed"; deliveryId: string; why: string; task: TaskKind }
  | { outcome: "again"; deliveryId: string; why: string }
);

/** Records what became of claims, and what their patients know now: settle_notifications.sql. */
export async function settleClaims(db: Callable, settled: readonly Settled[]): Promise<void> {
  if (settled.length === 0) return;
  const rows = settled.map((one) => {
    const { outcome, claim } = one;
    const row = { ...keyOf(claim), outcome };
    if (one.outcome === "nothing") return row;
    if (one.outcome === "sent") {
      const { deliveryId: delivery, messageId: message, sequence } = one;
      return { ...row, delivery, message, sequence, fact: claim.now };
    }
    return { ...row, delivery: one.deliveryId, why: one.why, task: one.outcome === "failed" ? one.task : null };
  });
  await run(db, "settle_notifications", { settled: rows });
}

function keyOf({ appointmentId, patientId, leaseId, version }: Claim) {
  return { appointment: appointmentId, patient: patientId, lease: leaseId, version };
}
