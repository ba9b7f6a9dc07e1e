import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { createInterface } from "node:readline/promises";
import pg from "pg";
import { afterAll, describe, expect, test } from "vitest";
import { connected } from "#dev/migrate.ts";
import { readFunctions } from "#dev/functions.ts";
import { askForPlan } from "#dev/setup/ask.ts";
import { isPooled, workerDatabase } from "#dev/setup/neon.ts";
import { type Plan, PlanWrong, readPlan } from "#dev/setup/plan.ts";
import { nextSteps, reportOf } from "#dev/setup/report.ts";
import { type SetUp, setUp } from "#dev/setup/set-up.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { openDesk } from "#test/support/small-clinic.ts";
import { readClinic } from "#db/queries/clinic.ts";
import { listStaff } from "#db/queries/staff.ts";

const DEPLOY = readFileSync(join(import.meta.dirname, "..", "..", "docs", "deploy.md"), "utf8");
/** The file that docs/deploy.md shows. */
const SHOWN: unknown = JSON.parse(/```json\n([\s\S]*?)```/.exec(DEPLOY)?.[1] ?? "null");
const PLAN = readPlan(SHOWN);

const database = await createTestDatabase({ template: "migrated" });
const desk = openDesk(database);
afterAll(() => desk.close());

const run = (plan: Plan): Promise<SetUp> => setUp(database.url, async () => plan);

/** All rows that a set-up can write. */
async function everything(): Promise<unknown> {
  const names = ["clinic", "policy", "locations", "people", "api_clients", "api_keys", "audit"];
  return Promise.all(names.map(async (name) => (await desk.admin.query(`select * from ${name} t order by t`)).rows));
}

describe("npm run setup", () => {
  test("A value that the databases do not know is named with its place, and nothing is set up", async () => {
    const [location] = PLAN.locations;
    const plan: Plan = {
      ...PLAN,
      clinic: { ...PLAN.clinic, timeZone: "Europe/Dublln" },
      locations: [
        { ...location!, name: "A", timeZone: "Mars/Base" },
        { ...location!, name: "B", country: "UK" },
        { ...location!, name: "C", country: "DE", region: "BX" },
        { ...location!, name: "D", country: "MC", region: "A" },
      ],
    };
    const refusal = await run(plan).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(PlanWrong);
    expect((refusal as PlanWrong).faults).toEqual([
      expect.stringMatching(/^clinic.timeZone: The database knows no time zone "Europe\/Dublln"/),
      expect.stringMatching(/^locations.0.timeZone: /),
      expect.stringMatching(/^locations.1.country: .*"UK".* GB,/),
      expect.stringMatching(/^locations.2.region: .*"BX" of DE.* BY,/),
      expect.stringMatching(/^locations.3.region: .*leave it out/),
    ]);
    expect((await desk.admin.query("select from clinic")).rowCount).toBe(0);
  });

  test("The first run makes the clinic with an audit row for each thing, and the administrator can administer", async () => {
    const done = await run(PLAN);
    expect(done.differs).toEqual([]);
    expect(done.made.map(({ thing }) => thing)).toEqual([
      "clinic",
      "policy",
      "location",
      "administrator",
      "app",
      "app",
    ]);
    // The role could log in before, so its password stays.
    expect(done.password).toBeNull();
    expect(await readClinic(desk.db)).toMatchObject({
      ...PLAN.clinic,
      locales: PLAN.locales,
      locations: [{ name: PLAN.locations[0]!.name, timeZone: PLAN.locations[0]!.timeZone }],
      apiKeyIds: { patient: expect.any(String), staff: expect.any(String) },
    });
    const caller = { subject: PLAN.administrator.subject, role: "staff", sessionVersion: null } as const;
    const staff = await listStaff(desk.db, { ...caller, secondFactorAt: null, tokenIssuedAt: null }, "active");
    expect(JSON.stringify(staff)).toContain(PLAN.administrator.name);
    const audit = await desk.admin.query<{ action: string; actor: string | null }>(
      "select action, actor_id as actor from audit where request_id like 'set-up %' order by id",
    );
    expect(audit.rows.map(({ action }) => action)).toEqual(done.made.map(({ thing }) => `${thing}.set-up`));
    expect(audit.rows.filter(({ actor }) => actor !== null)).toEqual([]);
  });

  test("The same plan again, twice at once, changes nothing and says what is there", async () => {
    const before = await everything();
    for (const done of await Promise.all([run(PLAN), run(PLAN)])) {
      expect(done).toMatchObject({ made: [], differs: [], password: null });
      expect(reportOf(done)).toEqual([
        "There already: the clinic.",
        "There already: the policy.",
        `There already: the location ${PLAN.locations[0]!.name}.`,
        `There already: the administrator ${PLAN.administrator.subject}.`,
        "There already: the API client of the app patient.",
        "There already: the API client of the app staff.",
        "Nothing was changed.",
      ]);
    }
    expect(await everything()).toEqual(before);
  });

  test("Another plan changes nothing, and says what differs and where to change it", async () => {
    const before = await everything();
    const done = await run({
      ...PLAN,
      clinic: { ...PLAN.clinic, phone: "+353 1 555 0999" },
      locales: ["de"],
      locations: [
        { ...PLAN.locations[0]!, address: "9 Other Street" },
        { ...PLAN.locations[0]!, name: "Second" },
      ],
      administrator: { name: "Another", subject: "auth0|another" },
      publicUrl: "https://elsewhere.example",
    });
    const lines = reportOf(done).join("\n");
    expect(lines).toContain("Nothing was changed");
    for (const said of [
      /the clinic: phone is "[^"]+", and the plan says "\+353 1 555 0999". Change it in .*\/clinic/,
      /the policy: locales is .*\["de"\]. Change it in .*\/policy/,
      /the location [^:]+: address is .*"9 Other Street". Change it in .*\/locations/,
      /the location Second is not there, but others are/,
      /the administrator auth0\|another is not there, but others are.*\/staff/,
      /the API client of the app staff: origins is .*"https:\/\/elsewhere.example".*\/api-clients/,
    ]) {
      expect(lines).toMatch(said);
    }
    expect(await everything()).toEqual(before);
  });

  test("What is missing of a kind altogether is made beside what is there", async () => {
    const other = await createTestDatabase({ template: "migrated" });
    await connected(other.url, (client) =>
      client.query("insert into clinic (name, phone, time_zone) values ($1, $2, $3)", Object.values(PLAN.clinic)),
    );
    const done = await setUp(other.url, async () => PLAN);
    expect(done.there).toEqual([{ thing: "clinic", key: "" }]);
    expect(done.made).toHaveLength(5);
  });

  test("A login that belongs to another person is not made an administrator", async () => {
    const other = await createTestDatabase({ template: "migrated" });
    await connected(other.url, (client) =>
      client.query("insert into people (subject, role, name) values ($1, 'patient', 'P')", [
        PLAN.administrator.subject,
      ]),
    );
    const done = await setUp(other.url, async () => PLAN);
    expect(done).toMatchObject({ made: [], differs: [{ thing: "administrator", key: PLAN.administrator.subject }] });
  });

  test("The Worker's role cannot set up a clinic", async () => {
    const { schema } = readFunctions();
    const call = { text: `select ${schema}.set_up_clinic('[]'::jsonb, 'r')`, params: [] };
    await expect(desk.db.rows(call)).rejects.toMatchObject({ code: "42501" });
  });

  test("Without a file each value is asked for, and a wrong one again", async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const terminal = createInterface({ input, output });
    const answers = [
      "Hill Clinic", "call us", "+49 821 555 01", "Europe/Berlln", "Europe/Berlin", "en, de", "DEU", "UK", "DE", "Hill",
      "1 Hill", "", "BX", "BY", "Ada", "auth0|ada", "http://hill.example", "https://hill.example/", "https://hill.example",
    ]; // prettier-ignore
    let said = "";
    output.on("data", (text: Buffer) => {
      said += text.toString();
      if (said.endsWith(": ")) input.write(`${answers.shift() ?? ""}\n`);
    });
    const client = new pg.Client(database.url);
    await client.connect();
    const plan = await askForPlan(terminal, client);
    terminal.close();
    await client.end();
    expect(answers).toEqual([]);
    expect(plan).toMatchObject({
      clinic: { name: "Hill Clinic", timeZone: "Europe/Berlin" },
      locales: ["en", "de"],
      locations: [{ name: "Hill", timeZone: "Europe/Berlin", country: "DE", region: "BY" }],
      administrator: { name: "Ada", subject: "auth0|ada" },
      publicUrl: "https://hill.example",
    });
  });
});

test.each<[string, (plan: Record<string, unknown>) => unknown, RegExp]>([
  ["a member it does not know", (plan) => ({ ...plan, horizon: 90 }), /horizon/],
  ["no location", (plan) => ({ ...plan, locations: [] }), /^locations: /],
  ["a language without mails", (plan) => ({ ...plan, locales: ["fr"] }), /^locales.0: /],
  ["an address with a path", (plan) => ({ ...plan, publicUrl: "https://a.example/book" }), /^publicUrl: .*origin/],
  ["an address in plain http", (plan) => ({ ...plan, publicUrl: "http://a.example" }), /^publicUrl: .*https/],
  [
    "two locations of one name",
    (plan) => ({ ...plan, locations: [PLAN.locations[0], PLAN.locations[0]] }),
    /name of its own/,
  ],
  ["no administrator", (plan) => ({ ...plan, administrator: undefined }), /^administrator: is missing/],
  ["no object at all", () => [], /^The file: /],
])("The set-up refuses a file with %s, and names the value", (_, change, said) => {
  const read = () => readPlan(change(SHOWN as Record<string, unknown>));
  expect(read).toThrow(PlanWrong);
  expect(read).toThrow(said);
});

test.each([
  ["ep-cool-1.eu-central-1.aws", "ep-cool-1-pooler.eu-central-1.aws", "api.eu-central-1.aws"],
  ["ep-cool-1.c-2.eu-central-1.aws", "ep-cool-1-pooler.c-2.eu-central-1.aws", "api.c-2.eu-central-1.aws"],
  ["ep-cool-1.westus3.azure", "ep-cool-1-pooler.westus3.azure", "api.westus3.azure"],
])("The Worker reaches Neon's %s through the pooler and through the HTTP endpoint of its cell", (host, pooled, api) => {
  const owner = `postgresql://neondb_owner:npg_1@${host}.neon.tech/neondb?sslmode=require`;
  expect(workerDatabase(owner, "s3")).toEqual({
    databaseUrl: `postgresql://holdfast_app:s3@${pooled}.neon.tech/neondb?sslmode=require`,
    httpUrl: `https://${api}.neon.tech/sql`,
  });
  expect(isPooled(owner)).toBe(false);
  expect(isPooled(owner.replace(host, pooled))).toBe(true);
  expect(nextSteps(owner, "s3").join("\n")).toContain(`DATABASE_HTTP_URL = "https://${api}.neon.tech/sql"`);
});
