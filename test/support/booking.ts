import type { Database } from "#db/client.ts";
import { confirm } from "#db/verbs/appointments.ts";
import { hold } from "#db/verbs/holds.ts";
import { type Person, actOf } from "./small-clinic.ts";

/** Holds a slot for a patient as patients do; answers the hold's id. */
export async function holdSlot(db: Database, patient: Person, slotId: string): Promise<string> {
  const held = await hold(db, actOf(patient), null, { slotId });
  if (held.kind !== "done") throw new Error(`not held: ${JSON.stringify(held)}`);
  return held.result.id;
}

/** Books a patient into a slot as patients do, by holding it first; answers the appointment's id. */
export async function book(db: Database, patient: Person, slotId: string): Promise<string> {
  const holdId = await holdSlot(db, patient, slotId);
  const booked = await confirm(db, actOf(patient), { holdId, patientId: null, reason: null });
  if (booked.kind !== "done") throw new Error(`not booked: ${JSON.stringify(booked)}`);
  return booked.result.id;
}
