import type { Holiday } from "#contract/answers/holidays.ts";
import type * as z from "zod/v4";
import { type HolidayDay, type HolidayFile, type LeftOutDay, holidaysIn, leftOutIn } from "#domain/holiday-file.ts";

export type HolidayRow = z.infer<typeof Holiday>;

export interface HolidayDifferences {
  /** Dates that the import adds at one of the locations at least. */
  added: HolidayDay[];
  /** Dates that every location has already, with the name that is kept. */
  kept: HolidayDay[];
  /** Dates of the locations that the list does not have. They stay. */
  others: HolidayDay[];
  /** Dates that only other regions of the country have. They are left out. */
  elsewhere: HolidayDay[];
  /** Days that are no public holidays, and that not every location has. Staff may choose them. */
  leftOut: LeftOutDay[];
}

/**
 * The changes that an import would make. The API computes the same days from the same file.
 * @param places the ids of the locations that get the holidays
 * @param rows what the clinic has in that year
 */
export function differencesOf(
  file: HolidayFile,
  { region, year }: { region: string | null; year: number },
  places: readonly string[],
  rows: readonly HolidayRow[],
): HolidayDifferences | null {
  const days = holidaysIn(file, region, year);
  if (!days) return null;
  const own = rows.filter(({ locationId }) => places.includes(locationId));
  const onDate = (date: string) => own.filter((row) => row.date === date);
  const isKept = ({ date }: HolidayDay) =>
    new Set(onDate(date).map(({ locationId }) => locationId)).size >= places.length;
  const leftOut = (leftOutIn(file, region, year) ?? []).filter((day) => !isKept(day));
  const listed = new Set(days.map(({ date }) => date));
  const others = new Map(own.filter(({ date }) => !listed.has(date)).map(({ date, name }) => [date, name]));
  const elsewhere = new Map<string, string>();
  for (const other of [null, ...Object.keys(file.regions)]) {
    for (const { date, name } of holidaysIn(file, other, year) ?? []) if (!listed.has(date)) elsewhere.set(date, name);
  }
  const inOrder = (map: ReadonlyMap<string, string>) =>
    [...map].map(([date, name]) => ({ date, name })).sort((a, b) => a.date.localeCompare(b.date));
  return {
    added: days.filter((day) => !isKept(day)),
    kept: days.filter(isKept).map(({ date, name }) => ({ date, name: onDate(date)[0]?.name ?? name })),
    others: inOrder(others),
    elsewhere: inOrder(elsewhere),
    leftOut,
  };
}
