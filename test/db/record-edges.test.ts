import { afterAll, describe, expect, test } from "vitest";
import { changePatient, createPatient } from "#db/verbs/patients.ts";
import { addDays } from "#domain/clinic-time.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { type Person, actOf, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
await foundClinic(admin);
const [staff] = (await hire(admin, "staff", 1)) as [Person];

/** The date on the wall in a zone, by the database's clock. */
async function dateIn(zone: string): Promise<string> {
  const { rows } = await admin.query<{ date: string }>("select (now() at time zone $1)::date::text as date", [zone]);
  return rows[0]!.date;
}

describe.each(["Pacific/Kiritimati", "Pacific/Honolulu"])("at a clinic in %s", (zone) => {
  test("A patient is born today at the latest by the local date, in a new record and in a correction", async () => {
    await admin.query("update clinic set time_zone = $1", [zone]);
    const today = await dateIn(zone);
    const tomorrow = addDays(today, 1);
    const rest = { name: "Newly Born", number: null, email: null, phone: null, language: null };
    const add = (dateOfBirth: string) => createPatient(db, actOf(staff), { ...rest, dateOfBirth });
    expect(await add(tomorrow)).toMatchObject({ kind: "refused", why: { code: "not-born-yet" } });
    const added = await add(today);
    if (added.kind !== "done") throw new Error(JSON.stringify(added));
    const { id: patientId, version } = added.result;
    const correct = (dateOfBirth: string) =>
      changePatient(db, actOf(staff), { patientId, versions: [version], changes: { dateOfBirth } });
    expect(await correct(tomorrow)).toMatchObject({ kind: "refused", why: { code: "not-born-yet" } });
    expect((await correct(addDays(today, -1))).kind).toBe("done");
  });
});

test("Two patients do not have one number, and a patient may keep the own number", async () => {
  const [one, two] = (await hire(admin, "patient", 2)) as [Person, Person];
  const renumber = (patientId: string, number: string, version: number) =>
    changePatient(db, actOf(staff), { patientId, versions: [version], changes: { number } });
  expect((await renumber(one.id, "A-1", 1)).kind).toBe("done");
  expect((await renumber(one.id, "A-1", 2)).kind).toBe("done");
  expect((await renumber(two.id, "A-1", 1)).kind).toBe("refused");
  expect((await renumber(two.id, "A-2", 1)).kind).toBe("done");
});
