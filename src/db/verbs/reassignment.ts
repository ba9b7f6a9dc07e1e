import type { MoveExplanation, Unplaceable } from "#domain/reassignment/model.ts";
import { run } from "../call.ts";
import type { Database } from "../client.ts";
import { failureOf } from "../errors.ts";
import type { Stock } from "../queries/reassignment.ts";

/**
 * The right to work on an operation. It ends when it is released, or when it has expired after 30 seconds and another run
 * takes it. Every call below renews it. A run that was only slow goes on as long as no other run has taken the operation.
 */
export interface Lease {
  operationId: string;
  leaseId: string;
  /** How often it has been taken. */
  attempt: number;
}

const under = ({ operationId, leaseId }: Lease) => ({ operation: operationId, lease: leaseId });

/** Takes the named operation, or the unfinished one that was tried least. Null: none, or another run works on it. */
export function leaseOperation(db: Database, operationId: string | null): Promise<Lease | null> {
  return run(db, "lease_operation", { operation: operationId });
}

/** Gives an operation back, so that another run may go on with it at once: release_operation.sql. */
export async function releaseOperation(db: Database, lease: Lease): Promise<void> {
  await run(db, "release_operation", under(lease));
}

/**
 * Ends an operation that no appointment waits in any more: finish_operation.sql.
 * @returns when the last of its notifications falls due, epoch milliseconds; null for none; undefined when the lease is lost
 * or an appointment waits
 */
export async function finishOperation(db: Database, lease: Lease): Promise<{ dueAt: number | null } | undefined> {
  return (await run<{ dueAt: number | null } | null>(db, "finish_operation", under(lease))) ?? undefined;
}

/** The appointments that an operation must still place: take_stock.sql. Null: the lease is lost. */
export function takeStock(db: Database, lease: Lease): Promise<Stock | null> {
  return run(db, "take_stock", under(lease));
}

/** A move as it was planned; `slot` has the times for which the slot was chosen. */
export interface ChosenMove {
  readonly appointmentId: string;
  readonly slotId: string;
  readonly explanation: MoveExplanation;
  readonly slot: { readonly startsAt: number; readonly endsAt: number };
}

/** The part of a plan that is kept for any result of its moves. It is recorded with the first of them. */
export interface PlanNotes {
  /** How much cheaper another plan could be. */
  gap: number;
  /** Appointments that it leaves out for others. Once those have their slots, that would no longer show. */
  outbid: readonly LeftOut[];
}

/** An appointment that the machine leaves to a person, and why. */
export interface LeftOut {
  appointmentId: string;
  why: Unplaceable;
}

const ATTEMPTS = 3;

/**
 * Moves appointments of an operation into their new slots, as far as that is still possible: move_appointments.sql.
 * @param moves each patient at most once
 * @returns the ids of the appointments that were moved; the others stay as they are. Null: the lease is lost
 */
export async function moveAppointments(
  db: Database,
  lease: Lease,
  moves: readonly ChosenMove[],
  { gap, outbid }: PlanNotes,
): Promise<Set<string> | null> {
  const planned = moves.map(({ appointmentId, slotId, explanation, slot: { startsAt, endsAt } }) => {
    return { appointmentId, slotId, explanation, startsAt, endsAt };
  });
  const args = { ...under(lease), moves: JSON.stringify(planned), gap, outbid: JSON.stringify(outbid) };
  for (let attempt = 1; ; attempt++) {
    try {
      const moved = await run<string[] | null>(db, "move_appointments", args);
      return moved && new Set(moved);
    } catch (error) {
      const failure = failureOf(error);
      if (!failure || failure.kind === "unavailable") throw error;
      // After a lock timeout, or a guard's refusal because of a rival, the next plan looks at these moves again.
      if (attempt === ATTEMPTS) return new Set();
    }
  }
}

/** Leaves appointments of an operation to a person: leave_to_person.sql. False: the lease is lost. */
export function leaveToPerson(db: Database, lease: Lease, left: readonly LeftOut[]): Promise<boolean> {
  return run(db, "leave_to_person", { ...under(lease), left_out: JSON.stringify(left) });
}
