import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { placeCases } from "#operations/place-cases.ts";
import { place } from "#db/verbs/placement.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { displace, seat } from "#test/support/placement.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
const quay = await foundClinic(admin);
const { rows } = await admin.query<{ id: string }>(
  "insert into locations (name, address, time_zone, country) values ('Hill', '2 Hill', 'Europe/Dublin', 'IE') returning id",
);
const hill = rows[0]!.id;
const [staff] = (await hire(admin, "staff", 1)) as [Person];
const DAY = 24 * 60;

let patient: Person;
let appointmentId: string;
let caseId: string;
/** The only free slot of the specialty, at the other location. */
let elsewhere: string;
beforeEach(async () => {
  const [doctor] = (await hire(admin, "doctor", 1)) as [Person];
  await admin.query("update doctors set specialty = $2 where id = $1", [doctor.id, crypto.randomUUID()]);
  [patient] = (await hire(admin, "patient", 1)) as [Person];
  const [lost] = (await addSlots(admin, doctor, quay, [5 * DAY])) as [string];
  [elsewhere] = (await addSlots(admin, doctor, hill, [6 * DAY])) as [string];
  appointmentId = await seat(admin, patient, lost);
  caseId = await displace(admin, appointmentId);
});
const keepsLocation = () => admin.query("update patients set keeps_location = true where id = $1", [patient.id]);
const input = () => ({ slotId: elsewhere, agreed: false, override: null });
const where = async () =>
  (
    await admin.query("select status, slot_id as slot, location_id as location from appointments where id = $1", [
      appointmentId,
    ])
  ).rows[0];

describe("placing at another location", () => {
  test("A patient who does not need their location is placed elsewhere without a reason", async () => {
    const outcome = await place(db, actOf(staff), { caseId, versions: [1] }, input());
    expect(outcome).toMatchObject({ kind: "done", result: { status: "moved", slotId: elsewhere, locationId: hill } });
    expect(await where()).toEqual({ status: "moved", slot: elsewhere, location: hill });
  });

  test("A patient who needs their location is placed elsewhere only with a reason", async () => {
    await keepsLocation();
    const subject = { caseId, versions: [1] };
    expect(await place(db, actOf(staff), subject, input())).toMatchObject({
      kind: "refused",
      why: { code: "slot-unsuitable", because: "other-location" },
    });
    expect(await where()).toMatchObject({ status: "to-place" });
    const forced = { ...input(), override: { reason: "A lift from the family" } };
    expect((await place(db, actOf(staff), subject, forced)).kind).toBe("done");
    expect(await where()).toMatchObject({ slot: elsewhere, location: hill });
  });

  test("Placing several cases at once may place them elsewhere, and says so of each", async () => {
    expect(await placeCases(db, actOf(staff), [caseId])).toMatchObject({
      kind: "done",
      result: [{ caseId, why: null, slot: { id: elsewhere, locationId: hill } }],
    });
    expect(await where()).toEqual({ status: "moved", slot: elsewhere, location: hill });
  });

  test("Placing several cases at once keeps a patient who needs their location there, and says why", async () => {
    await keepsLocation();
    expect(await placeCases(db, actOf(staff), [caseId])).toMatchObject({
      kind: "done",
      result: [{ caseId, slot: null, why: { code: "no-slot", refused: { otherLocation: 1 } } }],
    });
    expect(await where()).toMatchObject({ status: "to-place" });
  });
});
