import type pg from "pg";
import type { Person } from "./small-clinic.ts";

/** Books a patient into a slot, past all rules; answers the appointment's id. */
export async function seat(admin: pg.Pool, patient: Person, slotId: string): Promise<string> {
  const { rows } = await admin.query<{ id: string }>(
    `with a as (
       insert into appointments (patient_id, doctor_id, location_id, slot_id, starts_at, ends_at)
       select $2, doctor_id, location_id, id, starts_at, ends_at from slots where id = $1 returning id, slot_id)
     update slots s set appointment_id = a.id from a where s.id = a.slot_id returning a.id`,
    [slotId, patient.id],
  );
  return rows[0]!.id;
}

/** The appointment's slot is closed, as by a holiday: it waits to be placed. Answers its case's id. */
export async function displace(admin: pg.Pool, appointmentId: string): Promise<string> {
  await admin.query(
    "update slots set appointment_id = null, status = 'closed', closed_by = 'holiday' where appointment_id = $1",
    [appointmentId],
  );
  await admin.query(
    "update appointments set status = 'to-place', slot_id = null, version = version + 1 where id = $1",
    [appointmentId],
  );
  const { rows } = await admin.query<{ id: string }>(
    `insert into cases (appointment_id, reason, request_id, due_at)
     select id, 'holiday', 'test', starts_at - interval '1 day' from appointments where id = $1 returning id`,
    [appointmentId],
  );
  return rows[0]!.id;
}
