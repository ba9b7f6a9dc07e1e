import { afterAll, describe, expect, test } from "vitest";
import { type PatientsFilter, searchPatients } from "#db/queries/patients.ts";
import { readPatientSearch } from "#domain/patient-search.ts";
import { createTestDatabase } from "../support/database.ts";
import { plansOf } from "../support/plans.ts";
import { foundClinic, hire, openDesk } from "../support/small-clinic.ts";

const database = await createTestDatabase({ template: "migrated" });
const desk = openDesk(database);
afterAll(() => desk.close());
await foundClinic(desk.admin);
const [staff] = await hire(desk.admin, "staff", 1);

/** 200,000 made-up people beside the few the tests are about: 400 first names by 500 last names. */
const CROWD = 200_000;
const syllables = "ba de fi go hu ka le mi no pu ra se ti vo wy za".split(" ");
await desk.admin.query(
  `insert into patients (number, name, date_of_birth)
   select 'XX-' || n, initcap(s[1 + n % 16] || s[1 + n / 16 % 16] || s[1 + n / 200 % 16]) || ' ' ||
     initcap(s[1 + n / 400 % 16] || s[1 + n / 6400 % 16] || s[1 + n / 3 % 16] || s[1 + n / 7 % 16]),
     date '1930-01-01' + n % 30000
   from generate_series(1, $1::int) n, (select $2::text[] as s) x`,
  [CROWD, syllables],
);
await desk.admin.query(
  `insert into patients (number, name, date_of_birth, active) values
   ('LC-10000', 'Niamh Ní Bhriain', '1992-03-12', true), ('LC-10007', 'Liam O''Shea', '1974-01-02', true),
   ('LC-10014', 'Łukasz Wiśniewski', '1997-05-05', true), ('lc 10021', 'Saoirse Fitzgerald-Byrne', '2019-09-09', true),
   ('LC-20001', 'Søren Ærø', '1950-06-07', true), ('LC-20002', 'Ольга Петрова', '1960-06-07', true),
   ('LC-20003', 'Niamh Murphy', '1981-06-07', false), ('LC-20004', 'Katherine Doyle', '1981-06-07', true),
   ('LC-30001', '王小明', '1990-01-01', true), ('LC-30002', '김민준', '1990-01-01', true), ('LC-30003', 'Kim O', '1990-01-01', true),
   ('LC-30004', 'علی\u200cرضا احمدی', '1990-01-01', true), ('LC-30005', 'さくら 田中', '1990-01-01', true)`,
);
await desk.admin.query(
  "update patients set active = false, merged_into = (select id from patients where number = 'LC-10000') where number = 'XX-77'",
);
await desk.admin.query("vacuum analyze patients");

async function find(q: string, more: Partial<PatientsFilter> = {}) {
  const rows = await searchPatients(
    desk.db,
    staff!.caller,
    { ...readPatientSearch(q), after: undefined, limit: 25, ...more },
    "test",
  );
  return rows!;
}
const first = async (q: string) => (await find(q))[0]?.name;

describe("searching 200,000 patients", () => {
  test.each([
    ["Niamh Ní Bhriain", "as it is written"],
    ["niamh ni bhriain", "without case and accents"],
    ["BHRIAIN niamh", "in another order"],
    ["nia bhr", "begun only"],
    ["Nimah Bhriain", "two letters changed places"],
    ["Niamh Bhrain", "a letter left out"],
    ["niamh 12/03/1992", "with the date of birth, day first"],
    ["1992-03-12 bhriain", "with the date of birth, year first"],
    ["lc-10000", "by number"],
    ["LC10000", "by number without its sign"],
  ])("%s: %s", async (q) => {
    expect(await first(q)).toBe("Niamh Ní Bhriain");
  });

  test.each([
    ["oshea", "Liam O'Shea"],
    ["O’Shea", "Liam O'Shea"],
    ["o'shae liam", "Liam O'Shea"],
    ["lukasz wisniewski", "Łukasz Wiśniewski"],
    ["Wisnewski", "Łukasz Wiśniewski"],
    ["fitzgerald byrne", "Saoirse Fitzgerald-Byrne"],
    ["Byrne-Fitzgerald", "Saoirse Fitzgerald-Byrne"],
    ["Soirse", "Saoirse Fitzgerald-Byrne"],
    ["soren aero", "Søren Ærø"],
    ["Петрова", "Ольга Петрова"],
    ["catherine doyle", "Katherine Doyle"],
    ["lc10021", "Saoirse Fitzgerald-Byrne"],
    ["小明", "王小明"],
    ["王", "王小明"],
    ["민준", "김민준"],
    ["김 민준", "김민준"],
    ["O", "Kim O"],
    ["o kim", "Kim O"],
    ["علیرضا", "علی\u200cرضا احمدی"],
    ["علی\u200cرضا", "علی\u200cرضا احمدی"],
    ["Bhran", "Niamh Ní Bhriain"],
    ["Kathrne", "Katherine Doyle"],
    ["Ktherie Doyle", "Katherine Doyle"],
    ["Fitzgeld", "Saoirse Fitzgerald-Byrne"],
    ["Muphy", "Niamh Murphy"],
    ["Muph", "Niamh Murphy"],
    ["Wisniski", "Łukasz Wiśniewski"],
  ])("%s finds %s", async (q, name) => {
    expect(await first(q)).toBe(name);
  });

  test("Exact matches come first, then near ones. Inactive patients are shown, merged records are not", async () => {
    const names = (await find("niamh")).map(({ name, active, rank }) => ({ name, active, rank }));
    expect(names.slice(0, 2)).toEqual([
      { name: "Niamh Murphy", active: false, rank: 0 },
      { name: "Niamh Ní Bhriain", active: true, rank: 0 },
    ]);
    expect(names.slice(2).every(({ rank }) => rank > 0)).toBe(true);
    expect(await find("XX-77", { limit: 100 })).not.toContainEqual(expect.objectContaining({ number: "XX-77" }));
  });

  test("Every match, exact or near, is on one page, in one order", async () => {
    const whole = (await find("badeba", { limit: 150 })).map(({ id }) => id);
    expect(whole.length).toBeGreaterThan(60);
    const paged: string[] = [];
    let after: PatientsFilter["after"];
    while (paged.length < whole.length) {
      const page = (await find("badeba", { limit: 20, after })).slice(0, 20);
      paged.push(...page.map(({ id }) => id));
      const last = page.at(-1);
      if (!last || page.length < 20) break;
      after = { rank: last.rank, id: last.id };
    }
    expect(paged.slice(0, whole.length)).toEqual(whole);
    expect(new Set(paged).size).toBe(paged.length);
  });

  test("Punctuation, wildcards and an empty search find no patient and cause no error", async () => {
    for (const q of ["%%", "__", "_", "''", "\\", "--", "🙂🙂", "\u200d", "x".repeat(100)]) {
      expect([q, await find(q)]).toEqual([q, []]);
    }
    expect(await find("", { words: [], number: "" })).toEqual([]);
    for (const q of ["a%b", "\u0000x"]) expect((await find(q, { limit: 5 })).length).toBeLessThanOrEqual(6);
  });

  test("The patients that a search showed are one entry in the audit trail", async () => {
    const shown = (await find("fitzgerald byrne")).map(({ id }) => id).sort();
    const { rows } = await desk.admin.query<{ action: string; after: unknown; actor: string }>(
      "select action, after, actor_id as actor from audit order by id desc limit 1",
    );
    expect(rows[0]).toEqual({ action: "patient.search", after: { patientIds: shown }, actor: staff!.personId });
  });

  test.each<[string, Partial<PatientsFilter>]>([
    ["a name", { words: ["niamh", "bhriain"] }],
    ["a misspelt name", { words: ["nimah", "bhrain"] }],
    ["a date of birth", { dateOfBirth: "1992-03-12" }],
    ["a number's beginning", { number: "LC100" }],
    ["no filter at all", {}],
  ])("A search by %s reads the patients by an index only, never one by one", async (what, filter) => {
    const asked = { words: [], dateOfBirth: null, number: null, ...filter, after: undefined, limit: 25 };
    const { lines, milliseconds } = await plansOf(database, desk, (db) =>
      searchPatients(db, staff!.caller, asked, "test"),
    );
    expect(lines.filter((line) => /(Scan|Index Scan|Heap Scan).* on patients t/.test(line)).length).toBeGreaterThan(0);
    expect(lines.filter((line) => /Seq Scan on patients/.test(line))).toEqual([]);
    console.log(`search by ${what} among ${CROWD}: ${milliseconds} ms in the database`);
  });
});
