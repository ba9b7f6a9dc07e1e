import { readFileSync } from "node:fs";
import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import metadata from "libphonenumber-js/min/metadata";
import examples from "libphonenumber-js/mobile/examples";
import { afterAll, describe, expect, test } from "vitest";
import { createPatient } from "#db/verbs/patients.ts";
import { readFunctions } from "#dev/functions.ts";
import { phonePlansSql } from "#dev/phones/plans.ts";
import { createTestDatabase } from "../support/database.ts";
import { actOf, foundClinic, hire, openDesk } from "../support/small-clinic.ts";

const database = await createTestDatabase({ template: "migrated" });
const desk = openDesk(database);
afterAll(() => desk.close());
await foundClinic(desk.admin);
const [staff] = await hire(desk.admin, "staff", 1);

/** The database's readings of numbers, each typed in a country. */
async function e164Of(typed: [text: string, country: string][]): Promise<(string | null)[]> {
  const client = await desk.admin.connect();
  try {
    await client.query("select set_config('search_path', $1, false)", [`${readFunctions().schema}, public`]);
    const { rows } = await client.query<{ e164: string | null }>(
      "select e164(t.text, t.country) from unnest($1::text[], $2::text[]) with ordinality t (text, country, n) order by n",
      [typed.map(([text]) => text), typed.map(([, country]) => country)],
    );
    return rows.map(({ e164 }) => e164);
  } finally {
    client.release(true);
  }
}

describe("telephone numbers in E.164", () => {
  test.each([
    ["01 555 0123", "IE", "+35315550123"],
    ["(01) 555-0123 ext. 4", "IE", "+35315550123"],
    ["+353\u00a01\u00a0555\u00a00123", "IE", "+35315550123"],
    ["01\u2011555\u20130123", "IE", "+35315550123"],
    ["+353 (0)1 555 0123", "IE", "+35315550123"],
    ["00353 1 555 0123", "IE", "+35315550123"],
    ["353 1 555 0123", "IE", "+35315550123"],
    ["tel:+35315550123;ext=4", "DE", "+35315550123"],
    ["+44 20 7946 0018", "IE", "+442079460018"],
    ["020 7946 0018", "GB", "+442079460018"],
    ["(212) 555-0123", "US", "+12125550123"],
    ["011 44 20 7946 0018", "US", "+442079460018"],
    ["06 698 12345", "IT", "+3906698 12345".replace(" ", "")],
    ["11 15 2345 6789", "AR", "+5491123456789"],
    ["1234", "IE", null],
    ["+999 123 4567", "IE", null],
    ["01 555 0123 456 789", "IE", null],
  ])("%j typed in %s is %s", async (typed, country, e164) => {
    expect(await e164Of([[typed, country]])).toEqual([e164]);
  });

  test("Every country's example number is read as libphonenumber reads it, however it is written", async () => {
    const written = Object.entries(examples).flatMap(([country, digits]): [string, string][] => {
      const number = parsePhoneNumberFromString(digits, country as never);
      if (!number) return [];
      const code = number.countryCallingCode;
      const forms = [
        number.formatNational(),
        number.formatInternational(),
        digits,
        `+${code} (0)${digits}`,
        `00${code}${digits}`,
      ];
      return [...forms, `${code} ${digits}`].map((form): [string, string] => [form, country]);
    });
    expect(written.length).toBeGreaterThan(1400);
    const found = await e164Of(written);
    const differing = written.flatMap(([text, country], index) => {
      const number = parsePhoneNumberFromString(text, { defaultCountry: country as never, extract: false });
      const expected = number?.isPossible() ? number.number : null;
      return expected === found[index] ? [] : [{ text, country, expected, found: found[index] }];
    });
    expect(differing).toEqual([]);
  });

  test("The numbering plans in the repository are those of the installed libphonenumber-js", () => {
    const file = new URL("../../src/db/functions/lib/phone_plans.sql", import.meta.url);
    expect(readFileSync(file, "utf8")).toBe(phonePlansSql());
    expect(Object.keys(metadata.countries).length).toBeGreaterThan(240);
  });
});

describe("the same person registered twice", () => {
  const eve = { name: "Eve Mary Nolan", dateOfBirth: "1971-05-06", email: "eve@example.org", phone: "01 555 0177" };
  const add = async (details: Partial<typeof eve> & Pick<typeof eve, "name" | "dateOfBirth">) => {
    const rest = { number: null, language: null, email: null, phone: null };
    const outcome = await createPatient(desk.db, actOf(staff!), { ...rest, ...details });
    if (outcome.kind !== "done") throw new Error(JSON.stringify(outcome));
    return outcome.result;
  };

  test("is said while registering, with what is the same, and not refused", async () => {
    const first = await add(eve);
    expect(first.possibleDuplicates).toEqual([]);
    const { name, dateOfBirth, email, phone } = eve;
    const cases: [Parameters<typeof add>[0], string[] | undefined][] = [
      [{ name: "NOLAN, Eve-Mary", dateOfBirth }, ["name", "dateOfBirth"]],
      [{ name, dateOfBirth: "1972-05-06", email: "Eve@Example.org" }, ["name", "email"]],
      [{ name, dateOfBirth: "1970-01-01", phone: "+353 1 555 0177" }, ["name", "phone"]],
      [{ name: "Eva Noland", dateOfBirth, phone: "(01) 555-0177" }, ["dateOfBirth", "phone"]],
      // A family shares its address and its telephone, and two people may share a name or a birthday.
      [{ name: "Ann Nolan", dateOfBirth: "2001-01-01", email, phone }, undefined],
      [{ name, dateOfBirth: "1999-09-09" }, undefined],
      [{ name: "Bob Byrne", dateOfBirth }, undefined],
    ];
    for (const [details, same] of cases) {
      const { possibleDuplicates } = await add(details);
      expect(possibleDuplicates.find(({ id }) => id === first.id)?.same).toEqual(same);
    }
    const { rows } = await desk.admin.query("select from audit where action = 'patient.search' and actor_id = $1", [
      staff!.personId,
    ]);
    expect(rows.length).toBeGreaterThan(0);
  });
});
