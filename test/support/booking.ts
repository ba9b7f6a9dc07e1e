import type { Database } from "#db/client.ts";
import { confirm } from "#db/transactions/confirm.ts";
import { hold } from "#db/transactions/hold.ts";
import { type Person, actOf } from "./small-clinic.ts";

/** Books a patient into a slot as patients do, by holding it first; answers the appointment's id. */
export async function book(db: Database, patient: Person, slotId: string): Promise<string> {
  const held = await hold(db, actOf(patient), null, { slotId });
  if (held.kind !== "done") throw new Error(`not held: ${JSON.stringify(held)}`);
  const booked = await confirm(db, actOf(patient), { holdId: held.result.id, patientId: null, reason: null });
  if (booked.kind !== "done") throw new Error(`not booked: ${JSON.stringify(booked)}`);
  return booked.result.id;
}
