import { afterAll, expect, test } from "vitest";
import { listAppointments } from "#db/queries/appointments.ts";
import { readBoard } from "#db/queries/board.ts";
import { findEvent, findFeed, readFeed } from "#db/queries/feeds.ts";
import { findPreferences } from "#db/queries/preferences.ts";
import { removeFeed, setFeed } from "#db/verbs/feeds.ts";
import { addDays, clinicDateOf } from "#domain/clinic-time.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { seat } from "#test/support/placement.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
const location = await foundClinic(admin);
const [staff] = (await hire(admin, "staff", 1)) as [Person];
const [patient, other] = (await hire(admin, "patient", 2)) as [Person, Person];
const [doctor] = (await hire(admin, "doctor", 1)) as [Person];
const [slot] = (await addSlots(admin, doctor, location, [3 * 24 * 60])) as [string];
const appointmentId = await seat(admin, patient, slot);
const SECRET = "cd".repeat(32);

test("A patient reads the own preferences, and staff have none", async () => {
  expect(await findPreferences(db, patient.caller)).toMatchObject({
    known: true,
    item: { language: "en", version: 1 },
  });
  expect(await findPreferences(db, staff.caller)).toEqual({ known: true, item: null });
});

test("An appointment is an event for its patient, its doctor and staff. Reads by the last two are recorded", async () => {
  for (const { caller } of [patient, doctor, staff]) {
    expect(await findEvent(db, caller, appointmentId, "reads")).toMatchObject({
      item: { clinicName: "Test Clinic", event: { appointmentId, off: false, place: { name: null } } },
    });
  }
  expect(await findEvent(db, other.caller, appointmentId, "reads")).toEqual({ known: true, item: null });
  const { rows } = await admin.query("select actor_id as actor from audit where request_id = 'reads' order by id");
  expect(rows).toEqual([{ actor: doctor.personId }, { actor: staff.personId }]);
});

test("Lists and the board have the rows of the caller only, of patients and of doctors", async () => {
  const [colleague] = (await hire(admin, "doctor", 1)) as [Person];
  const [theirs] = (await addSlots(admin, colleague, location, [4 * 24 * 60])) as [string];
  const otherId = await seat(admin, other, theirs);
  const listed = async ({ caller }: Person) =>
    (await listAppointments(db, caller, { limit: 9 }, "lists"))?.map(({ id }) => id);
  expect(await listed(patient)).toEqual([appointmentId]);
  expect(await listed(other)).toEqual([otherId]);
  expect(await listed(doctor)).toEqual([appointmentId]);
  expect(await listed(colleague)).toEqual([otherId]);
  expect(await listed(staff)).toEqual([appointmentId, otherId]);
  const today = clinicDateOf(Date.now(), "Europe/Dublin");
  const window = { from: today, to: addDays(today, 6) };
  const onBoard = async ({ caller }: Person) => {
    const { item } = await readBoard(db, caller, window, null, "board");
    return item?.board?.appointments.map(({ id }) => id);
  };
  expect(await onBoard(doctor)).toEqual([appointmentId]);
  expect(await onBoard(colleague)).toEqual([otherId]);
  expect(await onBoard(patient)).toEqual([]);
  expect(await onBoard(staff)).toEqual([appointmentId, otherId]);
  await admin.query("update slots set appointment_id = null where id = $1", [theirs]);
  await admin.query("update appointments set slot_id = null, status = 'to-place' where id = $1", [otherId]);
});

test.each([
  ["patient", patient],
  ["doctor", doctor],
])("The calendar feed of a %s shows the own appointments until it is removed", async (role, person) => {
  expect(await findFeed(db, person.caller)).toEqual({ known: true, item: { since: null, zone: "Europe/Dublin" } });
  expect(await setFeed(db, actOf(person), SECRET)).toMatchObject({ kind: "done" });
  expect(await findFeed(db, person.caller)).toMatchObject({ item: { since: expect.any(Number) } });
  expect(await readFeed(db, SECRET)).toMatchObject({ role, events: [{ appointmentId }] });
  expect(await readFeed(db, "ef".repeat(32))).toBeNull();
  expect(await removeFeed(db, actOf(person))).toMatchObject({ kind: "done", result: { since: null } });
  expect(await readFeed(db, SECRET)).toBeNull();
});
