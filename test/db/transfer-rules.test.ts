import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { transfer } from "#db/verbs/appointment-changes.ts";
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
let other: Person;
let appointmentId: string;
beforeEach(async () => {
  [owner, recipient, other] = (await hire(admin, "patient", 3)) as [Person, Person, Person];
  const [doctor] = (await hire(admin, "doctor", 1)) as [Person];
  const [slotId] = (await addSlots(admin, doctor, location, [5 * DAY])) as [string];
  appointmentId = await seat(admin, owner, slotId);
});
const transferTo = (recipientId: string) =>
  transfer(db, actOf(staff), { appointmentId, versions: [1], recipientId, override: { reason: "Siblings" } });
const ownerNow = async () =>
  (await admin.query("select patient_id as id from appointments where id = $1", [appointmentId])).rows[0].id;

describe("with any reason, an appointment is not transferred to a patient", () => {
  test.each([
    ["that is unknown", async () => crypto.randomUUID()],
    ["that has it already", async () => owner.id],
    [
      "whose record is switched off",
      async () => {
        await admin.query("update patients set active = false where id = $1", [recipient.id]);
        return recipient.id;
      },
    ],
    [
      "whose record was merged into another",
      async () => {
        await admin.query("update patients set active = false, merged_into = $2 where id = $1", [
          recipient.id,
          other.id,
        ]);
        return recipient.id;
      },
    ],
  ] as const)("%s", async (_, whom) => {
    expect(await transferTo(await whom())).toMatchObject({ kind: "refused", why: { code: "no-such-patient" } });
    expect(await ownerNow()).toBe(owner.id);
  });
});

test("An appointment of an inactive patient is transferred to an active one", async () => {
  await admin.query("update patients set active = false where id = $1", [owner.id]);
  expect((await transferTo(recipient.id)).kind).toBe("done");
  expect(await ownerNow()).toBe(recipient.id);
});
