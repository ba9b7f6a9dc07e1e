import { sql } from "drizzle-orm";
import { afterAll, describe, expect, test } from "vitest";
import { alternatives } from "#db/queries/alternatives.ts";
import { createTestDatabase } from "../support/database.ts";
import { addSlots, foundClinic, hire, openDesk, type Person } from "../support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
const HOUR = 60;
const DAY = 24 * HOUR;

const quay = await foundClinic(admin, { freeze_hours: 24, min_notice_minutes: 60, reassign_days: 14 });
const { rows: places } = await admin.query<{ id: string }>(
  "insert into locations (name, address, time_zone, country) values ('Hill', '2 Hill', 'Europe/Dublin', 'IE') returning id",
);
const hill = places[0]!.id;

const some = async (role: "patient" | "doctor"): Promise<Person> => (await hire(admin, role, 1))[0]!;

/** An appointment in a new slot of a doctor's, so many minutes from now. */
async function put(patient: Person, doctor: Person, minutes: number): Promise<string> {
  const [slotId] = await addSlots(admin, doctor, quay, [minutes]);
  const { rows } = await admin.query<{ id: string }>(
    `insert into appointments (patient_id, doctor_id, location_id, slot_id, starts_at, ends_at)
     select $1, s.doctor_id, s.location_id, s.id, s.starts_at, s.ends_at from slots s where s.id = $2 returning id`,
    [patient.id, slotId],
  );
  await admin.query("update slots set appointment_id = $1 where id = $2", [rows[0]!.id, slotId]);
  return rows[0]!.id;
}

/** As the clinic leaves an appointment that it has moved: it stands where it is, and remembers where it was. */
async function moveFrom(appointmentId: string, doctor: Person, minutes: number): Promise<void> {
  await admin.query(
    `update appointments a set status = 'moved', moved_at = now(), version = version + 1,
       moved_from = jsonb_build_object('doctorId', $2::uuid, 'locationId', a.location_id,
         'startsAt', floor(extract(epoch from x.at) * 1000), 'endsAt', floor(extract(epoch from x.at) * 1000) + 900000)
     from (select now() + make_interval(secs => $3::float8 * 60) as at) x where a.id = $1`,
    [appointmentId, doctor.id, minutes],
  );
}

async function alternativesOf(appointmentId: string): Promise<string[]> {
  const [row] = await db.rows<{ found: { id: string }[] }>(
    sql`select ${alternatives(sql`a`, sql`now()`)} as found from appointments a where a.id = ${appointmentId}::uuid`,
  );
  return row!.found.map(({ id }) => id);
}

describe("the two alternatives", () => {
  test("are the doctor's own who was agreed to, nearest to the time that was agreed to, before others of the specialty", async () => {
    const [patient, own, other] = [await some("patient"), await some("doctor"), await some("doctor")];
    await admin.query("update doctors set specialty = 'Ears' where id = any($1)", [[own.id, other.id]]);
    const appointment = await put(patient, other, 6 * DAY);
    await moveFrom(appointment, own, 5 * DAY);
    const [near] = await addSlots(admin, other, quay, [5 * DAY + 5]);
    expect(await alternativesOf(appointment)).toEqual([near]);
    const [before, far, after] = await addSlots(admin, own, quay, [5 * DAY - 3 * HOUR, 9 * DAY, 5 * DAY + 2 * HOUR]);
    expect(await alternativesOf(appointment)).toEqual([after, before]);
    await admin.query("update slots set status = 'closed', closed_by = 'staff' where id = $1", [after]);
    expect(await alternativesOf(appointment)).toEqual([before, far]);
    await admin.query(
      "update slots set hold_id = uuidv7(), held_by = $2, hold_expires_at = now() + interval '1 hour' where id = $1",
      [before, (await some("patient")).id],
    );
    expect(await alternativesOf(appointment)).toEqual([far, near]);
  });

  test("are never within the freeze, too far off, too short, at a time of the patient's, or where they cannot come", async () => {
    const [patient, own] = [await some("patient"), await some("doctor")];
    await admin.query("update doctors set specialty = 'Nose' where id = $1", [own.id]);
    const appointment = await put(patient, own, 2 * DAY);
    await moveFrom(appointment, own, 25 * HOUR);
    // Frozen, too far off, at a time of theirs, too short, and one that fits.
    const starts = [23 * HOUR, 17 * DAY, 3 * DAY, 3 * DAY + HOUR, 4 * DAY];
    const [, , , short, good] = await addSlots(admin, own, quay, starts);
    await put(patient, await some("doctor"), 3 * DAY + 10);
    await admin.query("update slots set ends_at = starts_at + interval '10 minutes' where id = $1", [short]);
    expect(await alternativesOf(appointment)).toEqual([good]);

    const [elsewhere] = await addSlots(admin, own, hill, [5 * DAY]);
    expect(await alternativesOf(appointment)).toEqual([good, elsewhere]);
    await admin.query("update patients set keeps_location = true where id = $1", [patient.id]);
    expect(await alternativesOf(appointment)).toEqual([good]);
  });

  test("are counted from the lost time while there is no new one", async () => {
    const [patient, own] = [await some("patient"), await some("doctor")];
    await admin.query("update doctors set specialty = 'Throat' where id = $1", [own.id]);
    const appointment = await put(patient, own, 6 * DAY);
    await admin.query(
      "update slots set appointment_id = null, status = 'closed', closed_by = 'holiday' where appointment_id = $1",
      [appointment],
    );
    await admin.query("update appointments set status = 'to-place', slot_id = null where id = $1", [appointment]);
    const [second, best] = await addSlots(admin, own, quay, [3 * DAY, 7 * DAY, 2 * DAY]);
    expect(await alternativesOf(appointment)).toEqual([best, second]);
  });
});
