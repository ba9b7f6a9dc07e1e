import { type Act, type Outcome, call, run } from "../call.ts";
import type { Database } from "../client.ts";
import type { HoldRow } from "../rows.ts";
import type { RefusalOf } from "../refusal.ts";

/**
 * The wanted slot: a named one, or the first free one by doctor, specialty and clinic dates (both included).
 * `appointmentId`: the appointment that the patient wants to move there. Its own time does not count as taken.
 */
export type HoldTarget = { appointmentId?: string | undefined } & (
  | { slotId: string }
  | {
      doctorId?: string | undefined;
      specialty?: string | undefined;
      from?: string | undefined;
      to?: string | undefined;
    }
);

/** Refusals of a hold because its confirmation would be refused. */
type Unconfirmable = "frozen" | "change-budget-spent" | "booking-limit";

/** Holds a slot for a patient: hold_slot.sql, hold_first_free.sql. With an override staff may hold a closed slot. */
export function hold(
  db: Database,
  act: Act,
  patientId: string | null,
  target: HoldTarget,
  override: { reason: string } | null = null,
): Promise<Outcome<HoldRow, RefusalOf<"not-found" | "wrong-state" | "slot-taken" | "hold-limit" | Unconfirmable>>> {
  const moving = target.appointmentId ?? null;
  if ("slotId" in target) {
    const args = { patient: patientId, slot: target.slotId, override: override?.reason ?? null, moving };
    return call(db, act, "hold_slot", args);
  }
  const { doctorId = null, specialty = null, from = null, to = null } = target;
  const args = { patient: patientId, doctor: doctorId, specialty, from_date: from, to_date: to, moving };
  return call(db, act, "hold_first_free", args);
}

/** Gives a live hold its full length again: extend_hold.sql. */
export function extendHold(
  db: Database,
  act: Act,
  holdId: string,
): Promise<Outcome<HoldRow, RefusalOf<"not-found" | "wrong-state" | "hold-expired" | "hold-limit">>> {
  return call(db, act, "extend_hold", { hold: holdId });
}

/** Frees a held slot at once: release_hold.sql. `slotId` null: nothing was held any more. */
export function releaseHold(
  db: Database,
  act: Act,
  holdId: string,
): Promise<Outcome<{ slotId: string | null }, RefusalOf<"not-found">>> {
  return call(db, act, "release_hold", { hold: holdId });
}

/** The caller's live hold, or what became of it: read_hold.sql. */
export function readHold(
  db: Database,
  act: Act,
  holdId: string,
): Promise<Outcome<HoldRow, RefusalOf<"not-found" | "hold-expired">>> {
  return call(db, act, "read_hold", { hold: holdId });
}

/** Forgets up to `limit` holds that are older than `days`, oldest first; answers how many: forget_holds.sql. */
export function forgetHolds(db: Database, days: number, limit: number): Promise<number> {
  return run(db, "forget_holds", { days, max_count: limit });
}
