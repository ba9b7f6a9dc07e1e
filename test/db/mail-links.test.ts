import { afterAll, expect, test } from "vitest";
import { type MailLink, findMailLink } from "#db/queries/mail-links.ts";
import { readBoard } from "#db/queries/board.ts";
import { answerMailLink } from "#db/verbs/mail-links.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { seat } from "#test/support/placement.ts";
import { type Person, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
const location = await foundClinic(admin, { freeze_hours: 24 });
const [staff] = (await hire(admin, "staff", 1)) as [Person];
const HOUR = 60;

/** A booked appointment of a new patient in these minutes, and the link of a mail that names its present place. */
async function mailed(purpose: MailLink["purpose"], minutes: number) {
  const [patient] = (await hire(admin, "patient", 1)) as [Person];
  const [doctor] = (await hire(admin, "doctor", 1)) as [Person];
  const [slot] = await addSlots(admin, doctor, location, [minutes]);
  const id = await seat(admin, patient, slot ?? "");
  const { rows } = await admin.query<{ at: string }>(
    "select floor(extract(epoch from starts_at) * 1000)::bigint as at from appointments where id = $1",
    [id],
  );
  const told = { startsAt: Number(rows[0]?.at), locationId: location };
  const link: MailLink = { purpose, appointmentId: id, patientId: patient.id, told };
  return { id, patient, doctor, link };
}
const set = (id: string, to: string) => admin.query(`update appointments set ${to} where id = $1`, [id]);
const press = (link: MailLink, version = 1) => answerMailLink(db, link, version, "request of a link");
const trailOf = async (id: string) =>
  (
    await admin.query(
      "select action, actor_id, after ->> 'way' as way, request_id from audit where entity_id = $1 and patient_id is not null order by id",
      [id],
    )
  ).rows;
const byLink = (action: string) => ({ action, actor_id: null, way: "mail-link", request_id: "request of a link" });

test("A patient's answer that they will come is on the board and in the audit trail, and another time ends it", async () => {
  const { id, doctor, link } = await mailed("come", 3 * HOUR);
  expect(await findMailLink(db, link)).toMatchObject({
    state: "current",
    appointment: { version: 1, willCome: false, frozen: true, unanswered: false },
  });
  expect(await press(link)).toMatchObject({
    done: true,
    dueAt: null,
    link: { appointment: { willCome: true, version: 1 } },
  });
  expect(await press(link)).toMatchObject({ done: true });
  expect(await trailOf(id)).toEqual([byLink("appointment.will-come")]);
  const dateIn = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const onBoard = async () => {
    const filter = { from: dateIn(-1), to: dateIn(1), doctorId: doctor.id };
    return (await readBoard(db, staff.caller, filter, null, "board")).item?.board?.appointments[0]?.willCome;
  };
  expect(await onBoard()).toBe(true);
  await set(id, "starts_at = starts_at - interval '5 minutes'");
  expect(await onBoard()).toBe(false);
  expect(await findMailLink(db, link)).toMatchObject({ state: "changed", appointment: { willCome: false } });
  expect(await press(link)).toMatchObject({ done: false });
});

test("A patient agrees to a move by the clinic once. A booked appointment needs no agreement", async () => {
  const { id, doctor, link } = await mailed("fine", 48 * HOUR);
  await admin.query(
    `update appointments a set status = 'moved', moved_at = now(), version = 2,
       moved_from = jsonb_build_object('doctorId', $2::uuid, 'locationId', a.location_id, 'startsAt', 0, 'endsAt', 900000)
     where id = $1`,
    [id, doctor.id],
  );
  expect(await press(link, 1)).toMatchObject({ done: false, link: { appointment: { unanswered: true, version: 2 } } });
  expect(await press(link, 2)).toMatchObject({ done: true, link: { appointment: { unanswered: false, version: 3 } } });
  expect(await press(link, 3)).toMatchObject({ done: true, link: { appointment: { version: 3 } } });
  expect(await trailOf(id)).toEqual([byLink("appointment.accept")]);
});

test("A cancellation by link counts as every other and notifies the patient, and the freeze refuses it", async () => {
  const { id, patient, link } = await mailed("cancel", 48 * HOUR);
  const before = await press(link, 9);
  expect(before).toMatchObject({ done: false, link: { state: "current", appointment: { frozen: false } } });
  expect(await press(link)).toMatchObject({ done: true, dueAt: expect.any(Number), link: { state: "cancelled" } });
  expect(await press(link, 2)).toMatchObject({ done: false, link: { state: "cancelled" } });
  expect(await trailOf(id)).toEqual([byLink("appointment.cancel")]);
  const { rows } = await admin.query("select cardinality(change_times) as changes from patients where id = $1", [
    patient.id,
  ]);
  expect(rows).toEqual([{ changes: 1 }]);
  const frozen = await mailed("cancel", 23 * HOUR);
  expect(await press(frozen.link)).toMatchObject({
    done: false,
    link: { state: "current", appointment: { frozen: true } },
  });
  expect(await trailOf(frozen.id)).toEqual([]);
});

test("A patient who answers while staff change the appointment for longer than a second learns what became of it", async () => {
  const { id, patient, link } = await mailed("cancel", 48 * HOUR);
  const staffs = await admin.connect();
  try {
    await staffs.query("begin");
    await staffs.query("select from patients where id = $1 for update", [patient.id]);
    const pressed = press(link);
    // The first attempt ends after the role's lock_timeout of one second.
    await new Promise((done) => setTimeout(done, 1_300));
    await staffs.query("update appointments set version = 2 where id = $1", [id]);
    await staffs.query("commit");
    expect(await pressed).toMatchObject({ done: false, link: { state: "current", appointment: { version: 2 } } });
  } finally {
    staffs.release();
  }
  expect(await trailOf(id)).toEqual([]);
});

test("A link shows nothing of an appointment that is not, or no longer, this patient's, and expires with its start", async () => {
  const { id, patient, link } = await mailed("come", 48 * HOUR);
  const stateOf = async (of: MailLink) => {
    const { done, link: row } = await press(of);
    expect(await findMailLink(db, of)).toEqual(row);
    return { done, state: row.state, told: row.appointment !== null };
  };
  const nothing = { done: false, told: false };
  const [other] = (await hire(admin, "patient", 1)) as [Person];
  expect(await stateOf({ ...link, patientId: other.id })).toEqual({ ...nothing, state: "gone" });
  expect(await stateOf({ ...link, appointmentId: other.id })).toEqual({ ...nothing, state: "gone" });
  expect(await stateOf({ ...link, patientId: id })).toEqual({ ...nothing, state: "gone" });
  await admin.query("update patients set active = false, inactive_because = 'died' where id = $1", [patient.id]);
  expect(await stateOf(link)).toEqual({ ...nothing, state: "gone" });
  await admin.query("update patients set active = true, inactive_because = null where id = $1", [patient.id]);
  expect(await stateOf({ ...link, told: { ...link.told, startsAt: Date.now() - 60_000 } })).toEqual({
    ...nothing,
    state: "over",
  });
  expect(await stateOf({ ...link, told: { ...link.told, locationId: other.id } })).toMatchObject({ state: "changed" });
  await admin.query("update slots set appointment_id = null where appointment_id = $1", [id]);
  await set(id, "status = 'to-place', slot_id = null");
  expect(await stateOf(link)).toMatchObject({ done: false, state: "to-place" });
  expect(await trailOf(id)).toEqual([]);
});
