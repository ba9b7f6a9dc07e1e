import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { HolidayFile } from "#domain/holiday-file.ts";
import { HOLIDAY_SOURCE, holidayCountries, holidayRegions, holidaysFor } from "./holidays.ts";

/** The folder of static files, which the build copies beside the apps. */
const FOLDER = join(import.meta.dirname, "../../web/public/holidays");

/** The years that a clinic may plan for, with some reserve. */
const YEARS: [number, number] = [2025, 2035];

/** Countries with a file. To add another one that the library knows, add its code and run this again. */
const COUNTRIES = (
  "AT AU BE BG BR CA CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IL IS IT JP KR LI LT LU LV MC MT MX NL NO NZ PL PT RO " +
  "RS SE SG SI SK TR UA US ZA"
).split(" ");

/** A country's file. Days that are a holiday only from some hour on are left out. */
export function holidayFile(country: string, years = YEARS): HolidayFile {
  const names: string[] = [];
  const list = (region?: string): [string, number][] => {
    const days: [string, number][] = [];
    for (let year = years[0]; year <= years[1]; year++) {
      for (const day of holidaysFor({ country, year, ...(region === undefined ? {} : { region }) })) {
        if (day.fromTime !== undefined) continue;
        if (!names.includes(day.name)) names.push(day.name);
        days.push([day.date, names.indexOf(day.name)]);
      }
    }
    return days;
  };
  const days = list();
  const national = new Map(days);
  const regions: HolidayFile["regions"] = {};
  for (const { region, name } of holidayRegions(country)) {
    const own = list(region);
    const dates = new Set(own.map(([date]) => date));
    const add = own.filter(([date, index]) => national.get(date) !== index);
    const omit = days.map(([date]) => date).filter((date) => !dates.has(date));
    regions[region] = { name, ...(add.length > 0 ? { add } : {}), ...(omit.length > 0 ? { omit } : {}) };
  }
  const name = holidayCountries().find((known) => known.country === country)?.name ?? country;
  return { country, name, source: HOLIDAY_SOURCE, years, names, days, regions };
}

if (import.meta.main) {
  await mkdir(FOLDER, { recursive: true });
  for (const country of COUNTRIES) {
    await writeFile(join(FOLDER, `${country}.json`), `${JSON.stringify(holidayFile(country))}\n`);
  }
}
