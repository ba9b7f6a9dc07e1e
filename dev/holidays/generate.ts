import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type HolidayFile, LEFT_OUT_REASONS, type LeftOutEntry, type LeftOutReason } from "#domain/holiday-file.ts";
import { HOLIDAY_SOURCE, holidayCountries, holidayRegions, holidaysFor, otherDaysFor } from "./holidays.ts";

/** The folder of static files, which the build copies beside the apps. */
const FOLDER = join(import.meta.dirname, "../../web/public/holidays");

/** The years that a clinic may plan for, with some reserve. */
const YEARS: [number, number] = [2025, 2035];

/** Countries with a file. To add another one that the library knows, add its code and run this again. */
const COUNTRIES = (
  "AT AU BE BG BR CA CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IL IS IT JP KR LI LT LU LV MC MT MX NL NO NZ PL PT RO " +
  "RS SE SG SI SK TR UA US ZA"
).split(" ");

/** A country's file. Days that are a holiday only from some hour on are among those left out. */
export function holidayFile(country: string, years = YEARS): HolidayFile {
  const names: string[] = [];
  const indexOf = (name: string): number => {
    if (!names.includes(name)) names.push(name);
    return names.indexOf(name);
  };
  const list = (region?: string) => {
    const days: [string, number][] = [];
    const leftOut: LeftOutEntry[] = [];
    const leave = (date: string, name: string, reason: LeftOutReason) =>
      leftOut.push([date, indexOf(name), LEFT_OUT_REASONS.indexOf(reason)]);
    for (let year = years[0]; year <= years[1]; year++) {
      const query = { country, year, ...(region === undefined ? {} : { region }) };
      for (const { date, name, fromTime } of holidaysFor(query)) {
        if (fromTime === undefined) days.push([date, indexOf(name)]);
        else leave(date, name, "part-of-day");
      }
      for (const { date, name, reason } of otherDaysFor(query)) leave(date, name, reason);
    }
    return { days, leftOut: leftOut.sort(([a], [b]) => (a < b ? -1 : 1)) };
  };
  const { days, leftOut } = list();
  const regions: HolidayFile["regions"] = {};
  for (const { region, name } of holidayRegions(country)) {
    const own = list(region);
    const other = differenceOf(leftOut, own.leftOut);
    regions[region] = {
      name,
      ...differenceOf(days, own.days),
      ...(Object.keys(other).length > 0 ? { leftOut: other } : {}),
    };
  }
  const name = holidayCountries().find((known) => known.country === country)?.name ?? country;
  return { country, name, source: HOLIDAY_SOURCE, years, names, days, leftOut, regions };
}

/** What a region has otherwise than the country: entries by their dates. */
function differenceOf<Entry extends [string, ...number[]]>(national: readonly Entry[], own: readonly Entry[]) {
  const known = new Map(national.map((entry) => [entry[0], entry.join()]));
  const dates = new Set(own.map(([date]) => date));
  const add = own.filter((entry) => known.get(entry[0]) !== entry.join());
  const omit = national.map(([date]) => date).filter((date) => !dates.has(date));
  return { ...(add.length > 0 ? { add } : {}), ...(omit.length > 0 ? { omit } : {}) };
}

if (import.meta.main) {
  await mkdir(FOLDER, { recursive: true });
  for (const country of COUNTRIES) {
    await writeFile(join(FOLDER, `${country}.json`), `${JSON.stringify(holidayFile(country))}\n`);
  }
}
