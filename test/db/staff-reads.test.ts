import { afterAll, beforeAll, expect, test } from "vitest";
import { listDeliveries } from "#db/queries/deliveries.ts";
import { findOperation, listOperationItems, listOperations } from "#db/queries/operations.ts";
import { findSchedule, listExceptions, listHolidays } from "#db/queries/schedules.ts";
import { findSlot } from "#db/queries/slots.ts";
import { listTasks } from "#db/queries/tasks.ts";
import { finishTask } from "#db/verbs/tasks.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { seat } from "#test/support/placement.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
const { db, admin } = desk;
const ZONE = "Europe/Dublin";

let location: string;
let staff: Person;
let doctor: Person;
let other: Person;
let patient: Person;
let slotId: string;
let appointmentId: string;

beforeAll(async () => {
  location = await foundClinic(admin);
  [staff] = (await hire(admin, "staff", 1)) as [Person];
  [doctor, other] = (await hire(admin, "doctor", 2)) as [Person, Person];
  [patient] = (await hire(admin, "patient", 1)) as [Person];
  [slotId] = (await addSlots(admin, doctor, location, [5000])) as [string];
  appointmentId = await seat(admin, patient, slotId);
});
afterAll(() => desk.close());

const insert = async (text: string, values: unknown[]): Promise<string> =>
  (await admin.query<{ id: string }>(`${text} returning id`, values)).rows[0]!.id;

test("a slot is found with its state and its appointment, and the mark of a deleted one is not", async () => {
  const { rows } = await admin.query<{ startsAt: number }>(
    `select floor(extract(epoch from starts_at) * 1000)::float8 as "startsAt" from slots where id = $1`,
    [slotId],
  );
  const { startsAt } = rows[0]!;
  const place = { doctorId: doctor.id, locationId: location, startsAt, endsAt: startsAt + 900_000, zone: ZONE };
  expect(await findSlot(db, slotId)).toEqual({ id: slotId, ...place, status: "open", closedBy: null, appointmentId });
  const [gone] = (await addSlots(admin, doctor, location, [6000])) as [string];
  await admin.query("update slots set status = 'closed', closed_by = 'removed', by_hand = 'removed' where id = $1", [
    gone,
  ]);
  expect(await findSlot(db, gone)).toBeNull();
});

test("a weekly schedule and the exceptions are for staff and for that doctor alone", async () => {
  await insert(
    `insert into schedules (doctor_id, location_id, weekday, from_time, to_time, valid_from)
     values ($1, $2, 1, '09:00', '12:30', '2026-01-05')`,
    [doctor.id, location],
  );
  const session = { weekday: 1, from: "09:00", to: "12:30", validFrom: "2026-01-05", locationId: location };
  const exceptionId = await insert(
    `insert into exceptions (doctor_id, kind, from_date, to_date, note) values ($1, 'absence', '2099-01-01', '2099-01-03', 'Away')`,
    [doctor.id],
  );
  await insert(
    "insert into exceptions (doctor_id, kind, from_date, to_date) values ($1, 'absence', '2020-01-01', '2020-01-02')",
    [doctor.id],
  );
  for (const { caller } of [staff, doctor]) {
    const { item } = await findSchedule(db, caller, doctor.id);
    expect(item).toMatchObject({ version: 1, sessions: [session] });
    const { item: exceptions } = await listExceptions(db, caller, doctor.id, null);
    expect(exceptions).toMatchObject([{ id: exceptionId, kind: "absence", fromDate: "2099-01-01", note: "Away" }]);
  }
  expect(await findSchedule(db, other.caller, doctor.id)).toEqual({ known: true, item: null });
  expect(await listExceptions(db, other.caller, doctor.id, null)).toEqual({ known: true, item: null });
});

test("public holidays are listed by date, of a year, a place or an id", async () => {
  const text = "insert into holidays (location_id, date, name, source) values ($1, $2, $3, 'staff')";
  const later = await insert(text, [location, "2031-03-17", "Later"]);
  const sooner = await insert(text, [location, "2030-12-26", "Sooner"]);
  const ids = async (filter: Parameters<typeof listHolidays>[2]) =>
    (await listHolidays(db, staff.caller, filter)).item?.map(({ id }) => id);
  expect(await ids({})).toEqual([sooner, later]);
  expect(await ids({ year: 2031 })).toEqual([later]);
  expect(await ids({ id: sooner, locationId: location })).toEqual([sooner]);
  expect(await listHolidays(db, doctor.caller, {})).toEqual({ known: false, item: null });
});

test("a task is listed, is done once, and is named with who did it; who was shown is recorded", async () => {
  const taskId = await insert("insert into tasks (kind, patient_id) values ('no-address', $1)", [patient.id]);
  const open = await listTasks(db, staff.caller, { status: "open", limit: 10 }, "tasks");
  expect(open.item).toMatchObject([
    { id: taskId, kind: "no-address", patientId: patient.id, patientName: "Patient 4" },
  ]);
  const { rowCount } = await admin.query("select from audit where action = 'task.list' and request_id = 'tasks'");
  expect(rowCount).toBe(1);

  expect(await finishTask(db, actOf(staff), { taskId, versions: [7], runsAgain: false })).toMatchObject({
    kind: "refused",
    why: { code: "version-conflict", changedBy: null, zone: ZONE },
  });
  const done = await finishTask(db, actOf(staff), { taskId, versions: [1], runsAgain: false });
  expect(done).toMatchObject({ kind: "done", result: { status: "done", doneBy: "Staff 1", version: 2 } });
  const again = await finishTask(db, actOf(staff), { taskId, versions: [2], runsAgain: false });
  expect(again).toEqual({ kind: "refused", why: { code: "wrong-state", current: "done" } });
  const nothing = await finishTask(db, actOf(staff), { taskId: crypto.randomUUID(), versions: [1], runsAgain: true });
  expect(nothing).toEqual({ kind: "refused", why: { code: "not-found" } });
});

test("what was sent about an appointment is listed, the latest first", async () => {
  const text = `insert into deliveries (appointment_id, patient_id, version, sequence, kind, state, started_at)
    values ($1, $2, 1, $3::int, $4, 'sent', now() + make_interval(secs => $3::int))`;
  await insert(text, [appointmentId, patient.id, 1, "booked"]);
  await insert(text, [appointmentId, patient.id, 2, "reminder"]);
  const { item } = await listDeliveries(db, staff.caller, appointmentId, "deliveries");
  expect(item?.map(({ kind, state, zone }) => ({ kind, state, zone }))).toEqual([
    { kind: "reminder", state: "sent", zone: ZONE },
    { kind: "booked", state: "sent", zone: ZONE },
  ]);
  expect((await listDeliveries(db, staff.caller, crypto.randomUUID(), "deliveries")).item).toBeNull();
});

test("operations are listed newest first, each with what became of its appointments", async () => {
  const text = `insert into operations (kind, change, before, actor_id, request_id, preview, phase, displaced)
    values ('slot-remove', '{"kind": "slot-remove"}', '{"changed": []}', $1, 'x', $2, 'reassigning', $3)`;
  const preview = { affected: 1, unchanged: 0, reassigned: [{ appointmentId, to: null }], toPlace: [] };
  const older = await insert(text, [staff.personId, preview, 1]);
  const newer = await insert(text, [staff.personId, null, 0]);
  await admin.query(
    `insert into operation_items (operation_id, appointment_id, patient_id, from_slot_id, from_doctor_id, from_location_id,
       from_starts_at, from_ends_at)
     select $1, id, patient_id, slot_id, doctor_id, location_id, starts_at, ends_at from appointments where id = $2`,
    [older, appointmentId],
  );
  const list = await listOperations(db, staff.caller, { after: undefined, limit: 10 });
  expect(list?.map(({ id, actor, displaced }) => ({ id, actor: actor.name, displaced }))).toEqual([
    { id: newer, actor: "Staff 1", displaced: 0 },
    { id: older, actor: "Staff 1", displaced: 1 },
  ]);
  expect(await listOperations(db, staff.caller, { after: { id: newer }, limit: 10 })).toMatchObject([{ id: older }]);

  const { item: found } = await findOperation(db, staff.caller, older);
  expect(found).toMatchObject({
    counts: { pending: 1, moved: 0, toPlace: 0 },
    preview: { affected: 1, unchanged: 0, reassigned: 1, toPlace: 0 },
  });
  expect(await findOperation(db, staff.caller, crypto.randomUUID())).toEqual({ known: true, item: null });

  const items = await listOperationItems(db, staff.caller, older, { state: "pending", limit: 10 }, "items");
  expect(items.item).toMatchObject([
    {
      appointmentId,
      patientName: "Patient 4",
      from: { doctorId: doctor.id, zone: ZONE },
      to: null,
      previewed: { to: null },
    },
  ]);
  expect((await listOperationItems(db, staff.caller, older, { state: "moved", limit: 10 }, "items")).item).toEqual([]);
});
