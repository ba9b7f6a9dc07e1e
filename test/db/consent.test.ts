import { afterAll, describe, expect, test } from "vitest";
import { findAppointment, listAppointments } from "#db/queries/appointments.ts";
import { accept, cancel, reschedule } from "#db/verbs/appointment-changes.ts";
import { hold } from "#db/verbs/holds.ts";
import { createTestDatabase } from "../support/database.ts";
import { actOf, addSlots, foundClinic, hire, openDesk, type Person } from "../support/small-clinic.ts";

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

const [staff] = (await hire(admin, "staff", 1)) as [Person];
const some = async (role: "patient" | "doctor"): Promise<Person> => (await hire(admin, role, 1))[0]!;

/** An appointment in a new slot of a doctor's, this many minutes from now. */
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

/** The data of the function that pages and mails share, also for an appointment that must still be placed. */
async function alternativesOf(appointmentId: string): Promise<string[]> {
  const client = await admin.connect();
  try {
    await client.query(`set search_path = ${db.functions}, public`);
    const { rows } = await client.query<{ found: { id: string }[] }>(
      "select move_alternatives(a) as found from appointments a where a.id = $1",
      [appointmentId],
    );
    return rows[0]!.found.map(({ id }) => id);
  } finally {
    await client.query("reset search_path");
    client.release();
  }
}

describe("the two alternatives", () => {
  test("The alternatives are of the doctor who was agreed to, nearest to the agreed time, before others of the specialty", async () => {
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

  test("No alternative is within the freeze, too far away, too short, at another appointment or where the patient cannot come", async () => {
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

  test("Without a new time the alternatives are nearest to the lost time", async () => {
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

describe("the answer to a move", () => {
  const spent = async (patient: Person, appointmentId: string) => {
    await admin.query("update appointments set changes_used = (select change_budget from policy) where id = $1", [
      appointmentId,
    ]);
    await admin.query(
      `update patients set change_times =
         array_fill(now() - interval '1 day', array[(select patient_change_budget::int from policy)]) where id = $1`,
      [patient.id],
    );
  };
  const stateOf = async (patient: Person, appointmentId: string) =>
    (
      await admin.query(
        `select a.status, a.slot_id as slot, a.changes_used = (select change_budget from policy) as uncounted,
           cardinality(t.change_times) = (select patient_change_budget from policy) as "uncountedToo",
           a.moved_at is null and a.moved_from is null as answered
         from appointments a join patients t on t.id = a.patient_id where a.id = $1 and t.id = $2`,
        [appointmentId, patient.id],
      )
    ).rows[0];
  const free = { uncounted: true, uncountedToo: true, answered: true };

  test("Agreeing, choosing another time and cancelling need no budget, for the patient and for staff acting for the patient", async () => {
    for (const byStaff of [false, true]) {
      const moved = async () => {
        const [patient, own] = [await some("patient"), await some("doctor")];
        const id = await put(patient, own, 4 * DAY);
        await moveFrom(id, own, 3 * DAY);
        await spent(patient, id);
        return { patient, own, id, who: byStaff ? staff : patient, subject: { appointmentId: id, versions: [2] } };
      };
      const one = await moved();
      const { rows } = await admin.query("select slot_id as slot from appointments where id = $1", [one.id]);
      const agreed = await accept(db, actOf(one.who), { ...one.subject, patientId: one.patient.id });
      expect(agreed).toMatchObject({ kind: "done", result: { status: "booked", move: null } });
      expect(await stateOf(one.patient, one.id)).toEqual({ ...free, status: "booked", slot: rows[0].slot });

      const two = await moved();
      const [slotId] = await addSlots(admin, two.own, quay, [5 * DAY]);
      const held = await hold(db, actOf(two.who), byStaff ? two.patient.id : null, { slotId: slotId! });
      if (held.kind !== "done") throw new Error(`not held: ${JSON.stringify(held)}`);
      const input = { ...two.subject, holdId: held.result.id, patientId: two.patient.id, override: null };
      expect(await reschedule(db, actOf(two.who), input)).toMatchObject({ kind: "done" });
      expect(await stateOf(two.patient, two.id)).toEqual({ ...free, status: "booked", slot: slotId });

      const three = await moved();
      const reason = { by: "patient" as const, code: "elsewhere", note: null };
      const off = { ...three.subject, reason, patientId: three.patient.id, override: null };
      expect(await cancel(db, actOf(three.who), off)).toMatchObject({ kind: "done" });
      expect(await stateOf(three.patient, three.id)).toEqual({ ...free, status: "cancelled", slot: null });
    }
  });

  test("A patient can agree within the freeze, and only to the own appointment", async () => {
    const [patient, own] = [await some("patient"), await some("doctor")];
    const id = await put(patient, own, 5 * HOUR);
    await moveFrom(id, own, 4 * HOUR);
    const subject = { appointmentId: id, versions: [2], patientId: null };
    expect(await accept(db, actOf(await some("patient")), subject)).toMatchObject({
      kind: "refused",
      why: { code: "not-found" },
    });
    expect(await accept(db, actOf(patient), { ...subject, versions: [1] })).toMatchObject({
      kind: "refused",
      why: { code: "version-conflict" },
    });
    expect(await accept(db, actOf(patient), subject)).toMatchObject({ kind: "done" });
  });

  test("The answer is due after the policy's hours, and never after the new start. Then staff see the move as unconfirmed", async () => {
    const [patient, own] = [await some("patient"), await some("doctor")];
    const read = async (id: string) => (await findAppointment(db, patient.caller, id, "read")).item;
    const unconfirmed = async () =>
      (await listAppointments(db, staff.caller, { unconfirmed: true, patientId: patient.id, limit: 10 }, "list"))?.map(
        ({ id }) => id,
      );
    const [far, soon] = [await put(patient, own, 9 * DAY), await put(patient, own, 26 * HOUR)];
    await put(patient, own, 12 * DAY);
    await moveFrom(far, own, 8 * DAY);
    await moveFrom(soon, own, 25 * HOUR);
    const one = await read(far);
    expect(one?.move).toMatchObject({
      unconfirmed: false,
      from: { doctorId: own.id, locationId: quay, zone: "Europe/Dublin" },
    });
    expect(one!.move!.answerBy - one!.move!.movedAt).toBe(48 * 3_600_000);
    const two = await read(soon);
    expect(two!.move!.answerBy).toBe(two!.startsAt);
    expect(await unconfirmed()).toEqual([]);

    await admin.query("update appointments set moved_at = now() - interval '48 hours' where id = any($1)", [
      [far, soon],
    ]);
    expect((await read(far))?.move).toMatchObject({ unconfirmed: true });
    expect(await unconfirmed()).toEqual([soon, far]);
    expect((await read(far))?.status).toBe("moved");
    const version = (await read(far))!.version;
    expect(
      await accept(db, actOf(patient), { appointmentId: far, versions: [version], patientId: null }),
    ).toMatchObject({
      kind: "done",
    });
    expect(await unconfirmed()).toEqual([soon]);
  });
});
