import { randomBytes } from "node:crypto";
import type { Client } from "pg";
import { readFunctions } from "#dev/functions.ts";
import { connected, grantLogin, migrate } from "#dev/migrate.ts";
import { unknownValues } from "./check.ts";
import { type Plan, PlanWrong } from "./plan.ts";

/** One thing of a set-up: its kind, and its key among things of this kind. */
export interface Thing {
  thing: "clinic" | "policy" | "location" | "administrator" | "app";
  key: string;
}

/** A thing whose values are not the plan's; `is` is null when it is missing. */
export interface Difference extends Thing {
  is: Record<string, unknown> | null;
  wanted: Record<string, unknown>;
}

export interface SetUp {
  made: Thing[];
  there: Thing[];
  /** With any difference, nothing was made. */
  differs: Difference[];
  /** The password that the Worker's role was just given; null when it could log in before. It is shown once. */
  password: string | null;
}

/**
 * Migrates the database, sets up the clinic, and lets the Worker's role log in with a generated password. It may be repeated:
 * what is there stays as it is.
 * @param ownerUrl the owner's connection string; with Neon the direct one
 * @param planOf reads the plan, once the database has the functions that check its values
 * @param options.newPassword gives the Worker's role another password although it can log in
 * @throws {PlanWrong} when a database does not know one of the plan's values; nothing is set up then
 */
export async function setUp(
  ownerUrl: string,
  planOf: (client: Client) => Promise<Plan>,
  { newPassword = false } = {},
): Promise<SetUp> {
  await migrate(ownerUrl);
  const result = await connected(ownerUrl, async (client) => {
    const plan = await planOf(client);
    const faults = await unknownValues(plan, client);
    if (faults.length > 0) throw new PlanWrong(faults);
    const { rows } = await client.query<{ result: Omit<SetUp, "password"> }>(
      `select ${readFunctions().schema}.set_up_clinic($1, $2) as result`,
      [JSON.stringify(thingsOf(plan)), `set-up ${new Date().toISOString()}`],
    );
    const role = await client.query("select from pg_roles where rolname = 'holdfast_app' and rolcanlogin");
    return { ...rows[0]!.result, mayLogIn: role.rowCount === 1 };
  });
  const { mayLogIn, ...report } = result;
  if (report.differs.length > 0 || (mayLogIn && !newPassword)) return { ...report, password: null };
  const password = randomBytes(32).toString("base64url");
  await grantLogin(ownerUrl, password);
  return { ...report, password };
}

/** The plan in the form that set_up_clinic.sql compares, in the order in which it makes things. */
function thingsOf(plan: Plan): (Thing & { has: Record<string, unknown> })[] {
  const { clinic, locales, locations, administrator, publicUrl } = plan;
  return [
    { thing: "clinic", key: "", has: clinic },
    { thing: "policy", key: "", has: { locales } },
    ...locations.map(({ name, ...has }) => ({ thing: "location" as const, key: name, has })),
    { thing: "administrator", key: administrator.subject, has: { name: administrator.name } },
    { thing: "app", key: "patient", has: { name: "App for patients and doctors", origins: [publicUrl] } },
    { thing: "app", key: "staff", has: { name: "App for staff", origins: [publicUrl] } },
  ];
}
