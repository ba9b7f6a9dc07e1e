import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { reschedule, transfer } from "#db/verbs/appointment-changes.ts";
import { hold } from "#db/verbs/holds.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { seat } from "#test/support/placement.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
const location = await foundClinic(admin);
const [staff] = (await hire(admin, "staff", 1)) as [Person];
const DAY = 24 * 60;

let owner: Person;
let recipient: Person;
let doctor: Person;
beforeEach(async () => {
  [owner, recipient] = (await hire(admin, "patient", 2)) as [Person, Person];
  [doctor] = (await hire(admin, "doctor", 1)) as [Person];
});

/** The owner's appointment that many minutes from now. */
async function appointmentIn(minutes: number, whose = owner, by = doctor): Promise<string> {
  const [slotId] = (await addSlots(admin, by, location, [minutes])) as [string];
  return await seat(admin, whose, slotId);
}

describe("refusals of a move", () => {
  test("frozen: An appointment within the freeze is not moved, even to a time beyond the freeze", async () => {
    const appointmentId = await appointmentIn(12 * 60);
    const [free] = (await addSlots(admin, doctor, location, [5 * DAY])) as [string];
    const held = await hold(db, actOf(owner), null, { slotId: free });
    if (held.kind !== "done") throw new Error(held.kind);
    const target = { appointmentId, versions: [1], patientId: null, override: null };
    expect(await reschedule(db, actOf(owner), { ...target, holdId: held.result.id })).toMatchObject({
      kind: "refused",
      why: { code: "frozen", what: "appointment" },
    });
  });
});

describe("refusals of a transfer", () => {
  const input = { versions: [1], override: null };

  test("not-found: An appointment with an unknown id is not transferred", async () => {
    const target = { ...input, appointmentId: crypto.randomUUID(), recipientId: recipient.id };
    expect(await transfer(db, actOf(staff), target)).toMatchObject({ kind: "refused", why: { code: "not-found" } });
  });

  test("version-conflict: An appointment that has changed since staff read it is not transferred", async () => {
    const target = { appointmentId: await appointmentIn(5 * DAY), versions: [7], recipientId: recipient.id };
    expect(await transfer(db, actOf(staff), { ...target, override: null })).toMatchObject({
      kind: "refused",
      why: { code: "version-conflict" },
    });
  });

  test("overlaps-own-appointment: The recipient has another appointment at that time, which the refusal names", async () => {
    const [colleague] = (await hire(admin, "doctor", 1)) as [Person];
    const other = await appointmentIn(5 * DAY, recipient, colleague);
    const target = { ...input, appointmentId: await appointmentIn(5 * DAY), recipientId: recipient.id };
    expect(await transfer(db, actOf(staff), target)).toMatchObject({
      kind: "refused",
      why: { code: "overlaps-own-appointment", appointmentId: other },
    });
  });

  test("forbidden: Only staff transfer an appointment, not patients or doctors", async () => {
    const target = { ...input, appointmentId: await appointmentIn(5 * DAY), recipientId: recipient.id };
    for (const caller of [owner, doctor]) {
      expect(await transfer(db, actOf(caller), target)).toEqual({ kind: "no-actor" });
    }
  });
});
