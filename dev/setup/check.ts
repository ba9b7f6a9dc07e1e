import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "pg";
import { ROOT } from "#dev/build.ts";
import type { HolidayFile } from "#domain/holiday-file.ts";
import type { Plan } from "./plan.ts";

/** The files from which the Worker imports holidays. */
const HOLIDAYS = join(ROOT, "web", "public", "holidays");

/**
 * The unknown values of a plan, a sentence each. Postgres knows time zones; the files of public holidays know countries and
 * regions.
 */
export async function unknownValues(plan: Plan, client: Client): Promise<string[]> {
  const zones = [
    { path: "clinic.timeZone", zone: plan.clinic.timeZone },
    ...plan.locations.map(({ timeZone }, index) => ({ path: `locations.${index}.timeZone`, zone: timeZone })),
  ];
  const faults: string[] = [];
  for (const { path, zone } of zones) {
    const fault = await zoneFault(zone, client);
    if (fault) faults.push(`${path}: ${fault}`);
  }
  for (const [index, { country, region }] of plan.locations.entries()) {
    const fault = placeFault(country, region);
    if (fault) faults.push(`locations.${index}.${fault}`);
  }
  return faults;
}

/** Why the database cannot use a zone, or null. The plan's schema has asked this runtime already. */
export async function zoneFault(zone: string, client: Client): Promise<string | null> {
  const { rows } = await client.query<{ known: boolean }>("select is_time_zone($1) as known", [zone]);
  if (rows[0]?.known) return null;
  return `The database knows no time zone "${zone}". Use an IANA name, such as Europe/Dublin.`;
}

/** Why the holidays of a place cannot be imported, beginning with the member's name, or null. */
export function placeFault(country: string, region: string | null): string | null {
  const countries = readdirSync(HOLIDAYS).map((name) => name.slice(0, 2));
  if (!countries.includes(country)) {
    return `country: No public holidays are known for "${country}". Known are ${countries.sort().join(", ")}.`;
  }
  if (region === null) return null;
  const file = JSON.parse(readFileSync(join(HOLIDAYS, `${country}.json`), "utf8")) as HolidayFile;
  if (Object.hasOwn(file.regions, region)) return null;
  const regions = Object.keys(file.regions);
  const advice = regions.length > 0 ? `Known are ${regions.join(", ")}.` : `${file.name} has none: leave it out.`;
  return `region: No public holidays are known for the region "${region}" of ${country}. ${advice}`;
}
