import { newId } from "#lib/sealing.ts";
import { type Act, type Outcome, call } from "../call.ts";
import type { Database } from "../client.ts";
import type { AppointmentRow } from "../queries/appointments.ts";
import type { RefusalOf } from "../refusal.ts";

/** Staff set a rule aside, and say why; the reason goes to the audit trail. */
export interface Override {
  reason: string;
}

export interface ConfirmInput {
  holdId: string;
  /** Staff may say whose hold it must be. */
  patientId: string | null;
  /** In the patient's words. */
  reason: string | null;
  /** Staff only: allows a closed slot, another appointment at that time, and a booking beyond the patient's limit. */
  override?: Override | null;
}

type ConfirmRefusal = RefusalOf<
  "not-found" | "wrong-state" | "hold-expired" | "overlaps-own-appointment" | "booking-limit"
>;

/** Turns a live hold into an appointment: confirm_hold.sql. */
export async function confirm(
  db: Database,
  act: Act,
  { holdId, patientId, reason, override }: ConfirmInput,
): Promise<Outcome<AppointmentRow, ConfirmRefusal>> {
  // The reason is sealed for the row that it will be in.
  const id = newId(Date.now());
  const sealed = await db.fields.seal("appointments.reason", id, reason);
  const args = { hold: holdId, patient: patientId, id, reason: sealed, override: override?.reason ?? null };
  return call(db, act, "confirm_hold", args);
}
