import { afterAll, expect, test } from "vitest";
import { type BoardRow, readBoard } from "#db/queries/board.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { displace, seat } from "#test/support/placement.ts";
import { type Person, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
const location = await foundClinic(admin);
const [staff] = (await hire(admin, "staff", 1)) as [Person];
const [ann, bob] = (await hire(admin, "patient", 2)) as [Person, Person];
const [doctor, colleague] = (await hire(admin, "doctor", 2)) as [Person, Person];
const HOUR = 60;
const slots = await addSlots(
  admin,
  doctor,
  location,
  [1, 2, 3, 4, 5, 6, 7, 8, 9].map((hour) => hour * HOUR),
);
const [, late, held, booked, closed, absent, holiday, removed, lost] = slots;
await addSlots(admin, colleague, location, [HOUR]);
const set = (id: string | undefined, to: string) => admin.query(`update slots set ${to} where id = $1`, [id]);
await set(late, "late_opening = true");
await set(held, `hold_id = uuidv7(), held_by = '${ann.id}', hold_expires_at = now() + interval '4 minutes'`);
const appointmentId = await seat(admin, ann, booked ?? "");
await set(closed, "status = 'closed', closed_by = 'staff'");
await set(absent, "status = 'closed', closed_by = 'absence'");
await set(removed, "status = 'closed', closed_by = 'removed', by_hand = 'removed'");
await displace(admin, await seat(admin, bob, lost ?? ""));
await set(holiday, "status = 'closed', closed_by = 'holiday'");
await admin.query(
  `insert into exceptions (doctor_id, kind, from_date, to_date, note) values ($1, 'absence', current_date, current_date + 2, 'Course')`,
  [doctor.id],
);
await admin.query(
  "insert into holidays (location_id, date, name, source) values ($1, current_date, 'Test Day', 'test')",
  [location],
);

// Nine hours from now may be tomorrow.
const dateIn = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const days = { from: dateIn(-1), to: dateIn(1) };
const read = async (who: Person, filter: object = {}, known: string | null = null) =>
  (await readBoard(db, who.caller, { ...days, ...filter }, known, "board")).item;
const boardOf = async (who: Person, filter: object = {}): Promise<BoardRow> => {
  const answer = await read(who, filter);
  if (!answer?.board) throw new Error("no board");
  return answer.board;
};

test("The board has each slot in its state, but none that staff removed", async () => {
  const board = await boardOf(staff, { doctorId: doctor.id });
  expect(board.slots.map(({ id, state }) => [id, state])).toEqual([
    [slots[0], "free"],
    [late, "late"],
    [held, "held"],
    [booked, "booked"],
    [closed, "closed"],
    [absent, "absent"],
    [holiday, "holiday"],
    [lost, "holiday"],
  ]);
  expect(board.slots[2]?.heldUntil).toEqual(expect.any(Number));
  expect(board.absences).toMatchObject([{ doctorId: doctor.id, note: "Course" }]);
  expect(board.holidays).toEqual([{ locationId: location, date: dateIn(0), name: "Test Day" }]);
});

test("The board has an absence on its last day, and no longer on the day after", async () => {
  const notesOn = async (days: number) => {
    const on = { from: dateIn(days), to: dateIn(days), doctorId: doctor.id };
    return (await boardOf(staff, on)).absences.map(({ note, toDate }) => [note, toDate]);
  };
  expect(await notesOn(2)).toEqual([["Course", dateIn(2)]]);
  expect(await notesOn(3)).toEqual([]);
});

test("The board has the appointments in its slots, and those that wait to be placed at the time they lost", async () => {
  const { appointments } = await boardOf(staff);
  expect(appointments).toMatchObject([
    { id: appointmentId, status: "booked", patientId: ann.id, slotId: booked, arrivedAt: null, version: 1 },
    { status: "to-place", patientId: bob.id, slotId: null },
  ]);
});

test("An arrived patient waits since the time that the audit trail has", async () => {
  await admin.query("update appointments set status = 'arrived' where id = $1", [appointmentId]);
  await admin.query(
    `insert into audit (actor_id, action, entity, entity_id, request_id, at)
     values ($1, 'appointment.arrived', 'appointment', $2, 'test', '2026-01-01T10:00:00Z')`,
    [staff.personId, appointmentId],
  );
  expect((await boardOf(staff)).appointments[0]?.arrivedAt).toBe(Date.UTC(2026, 0, 1, 10));
});

test("Staff see all doctors, or those of one location; a doctor sees their own; others see nothing", async () => {
  const idsOf = ({ doctors }: BoardRow) => doctors.map(({ id }) => id).sort();
  expect(idsOf(await boardOf(staff))).toEqual([doctor.id, colleague.id].sort());
  expect(idsOf(await boardOf(staff, { locationId: ann.id }))).toEqual([]);
  expect(idsOf(await boardOf(colleague))).toEqual([colleague.id]);
  expect(await boardOf(colleague, { doctorId: doctor.id })).toMatchObject({ slots: [], absences: [], doctors: [] });
  expect(await boardOf(ann)).toMatchObject({ slots: [], appointments: [] });
  const stranger = { ...staff, caller: { ...staff.caller, subject: "test|nobody" } };
  expect(await read(stranger)).toBeNull();
});

test("A patient's reason is on the doctor's own board, and not on the board of staff", async () => {
  await admin.query("update appointments set reason = 'A cough' where id = $1", [appointmentId]);
  const reasons = async (who: Person) =>
    (await boardOf(who, { doctorId: doctor.id })).appointments.map(({ id, reason }) => [id === appointmentId, reason]);
  expect(await reasons(doctor)).toEqual([
    [true, "A cough"],
    [false, null],
  ]);
  expect(await reasons(staff)).toEqual([
    [true, null],
    [false, null],
  ]);
});

test("The same content is not sent again, and a change is", async () => {
  const first = await read(staff);
  expect(await read(staff, {}, first?.tag)).toEqual({ tag: first?.tag, board: null });
  await set(slots[0], "late_opening = true");
  expect(await read(staff, {}, first?.tag)).toMatchObject({ board: { doctors: [{}, {}] } });
  await set(held, "hold_expires_at = now() - interval '1 second'");
  const after = await read(staff);
  expect(after?.board?.slots.find(({ id }) => id === held)).toMatchObject({ state: "free", heldUntil: null });
});

test("Whose appointments were shown is recorded once in five minutes, and a new one alone", async () => {
  const recorded = async () =>
    (
      await admin.query<{ ids: string[] }>(
        "select after -> 'patientIds' as ids from audit where action = 'board.read' and actor_id = $1 order by id",
        [colleague.personId],
      )
    ).rows.map(({ ids }) => ids);
  const [first, second] = (await addSlots(admin, colleague, location, [2 * HOUR, 3 * HOUR])) as [string, string];
  await seat(admin, ann, first);
  await boardOf(colleague);
  await boardOf(colleague);
  expect(await recorded()).toEqual([[ann.id]]);
  await seat(admin, bob, second);
  await boardOf(colleague);
  expect(await recorded()).toEqual([[ann.id], [bob.id]]);
});
