import Holidays, { type HolidaysTypes } from "date-holidays";
import library from "date-holidays/package.json" with { type: "json" };
import type { LeftOutReason } from "#domain/holiday-file.ts";

/*
 * Public holidays are computed here, outside the Worker, because date-holidays with its rules has 1.5 MB.
 */

const DAY = 86_400_000;

/** The source of the dates, shown beside them. */
export const HOLIDAY_SOURCE = `date-holidays ${library.version}`;

/** Years in which the library knows every calendar it uses (its Islamic tables end in 2076). */
export const HOLIDAY_YEARS = { from: 2000, to: 2076 } as const;

export interface HolidayQuery {
  /** ISO 3166-1 alpha-2, such as `IE`. */
  readonly country: string;
  /**
   * State or province as the library knows it (ISO 3166-2 without the country), such as `BY`. A part of it follows after a
   * dash, such as `BY-A` for Augsburg. Without it: the holidays of the whole country.
   */
  readonly region?: string;
  readonly year: number;
}

export interface PublicHoliday {
  /** Clinic date `YYYY-MM-DD`. */
  readonly date: string;
  /** In English where the library has it; several holidays on one date are joined with " / ". */
  readonly name: string;
  readonly kind: "public";
  /** Present if the day is a substitute for a holiday on a weekend. */
  readonly substitute?: true;
  /** Present if the holiday begins at this wall time, such as `12:00` on New Year's Eve. */
  readonly fromTime?: string;
  readonly source: string;
}

/** A day that the library knows and does not call a public holiday. */
export interface OtherDay {
  /** Clinic date `YYYY-MM-DD`. */
  readonly date: string;
  readonly name: string;
  readonly reason: Exclude<LeftOutReason, "part-of-day">;
}

/** The library does not know the country, region or year; the message says which, and what it knows. */
export class UnknownHolidays extends RangeError {}

/**
 * The public holidays of a country or a region (with the country's) in one year: one entry a date, in order. Moved
 * and substitute days are included, also those that the library calls a bank holiday. A feast of several days has one entry
 * for each.
 * @throws UnknownHolidays for a country, region or year that the library does not know.
 */
export function holidaysFor(query: HolidayQuery): PublicHoliday[] {
  const dates = new Map<string, PublicHoliday>();
  for (const { holiday, date, isFirst } of datesOf(query)) {
    if (!isDayOff(holiday)) continue;
    const fromTime = holiday.date.slice(11, 16);
    dates.set(
      date,
      joined(dates.get(date), {
        date,
        name: holiday.name,
        kind: "public",
        ...(holiday.substitute ? { substitute: true } : {}),
        ...(fromTime !== "00:00" && isFirst ? { fromTime } : {}),
        source: HOLIDAY_SOURCE,
      }),
    );
  }
  return [...dates.values()].sort((a, b) => (a.date < b.date ? -1 : 1));
}

/**
 * The other days that the library knows for the same question, one entry a date, in order: bank, school and optional
 * holidays, and observances. A date with a public holiday is not among them.
 * @throws UnknownHolidays for a country, region or year that the library does not know.
 */
export function otherDaysFor(query: HolidayQuery): OtherDay[] {
  const off = new Set(holidaysFor(query).map(({ date }) => date));
  const dates = new Map<string, OtherDay>();
  for (const { holiday, date } of datesOf(query)) {
    if (isDayOff(holiday) || off.has(date)) continue;
    const before = dates.get(date);
    const reason = holiday.type as OtherDay["reason"];
    const nearest = before && REASONS.indexOf(before.reason) <= REASONS.indexOf(reason) ? before.reason : reason;
    dates.set(date, { date, name: before ? `${before.name} / ${holiday.name}` : holiday.name, reason: nearest });
  }
  return [...dates.values()].sort((a, b) => (a.date < b.date ? -1 : 1));
}

/** From the one that is most like a holiday to the one that is least. */
const REASONS: readonly OtherDay["reason"][] = ["bank", "optional", "school", "observance"];

/** A substitute is a day off for all, whatever kind the library gives it (US 2028-11-10, IE 2027-12-27). */
function isDayOff({ type, substitute }: HolidaysTypes.Holiday): boolean {
  return type === "public" || (type === "bank" && substitute === true);
}

/** Every date of the year on which the library knows something, with each thing. */
function datesOf({ country, region, year }: HolidayQuery) {
  if (!Number.isInteger(year) || year < HOLIDAY_YEARS.from || year > HOLIDAY_YEARS.to) {
    throw new UnknownHolidays(`Holidays are known from ${HOLIDAY_YEARS.from} to ${HOLIDAY_YEARS.to}, not for ${year}.`);
  }
  const rules = rulesOf(country, region);
  // A feast may begin in the old year. The substitute for a New Year's Day may be New Year's Eve.
  return [year - 1, year, year + 1]
    .flatMap((one) => rules.getHolidays(one, "en"))
    .flatMap((holiday) => {
      // `date` is the local wall time in any zone of this process; a duration may contain a clock change.
      const first = Date.parse(`${holiday.date.slice(0, 10)}T00:00:00Z`);
      const days = Math.max(1, Math.round((holiday.end.getTime() - holiday.start.getTime()) / DAY));
      return Array.from({ length: days }, (_, index) => ({
        holiday,
        date: new Date(first + index * DAY).toISOString().slice(0, 10),
        isFirst: index === 0,
      })).filter(({ date }) => date.startsWith(`${year}-`));
    });
}

/** Of two holidays on one date a whole day wins over a part, and a holiday over a substitute. */
function joined(one: PublicHoliday | undefined, other: PublicHoliday): PublicHoliday {
  if (!one) return other;
  const { substitute, fromTime, ...whole } = one;
  const name = one.name.split(" / ").includes(other.name) ? one.name : `${one.name} / ${other.name}`;
  const earliest = fromTime && other.fromTime && (fromTime < other.fromTime ? fromTime : other.fromTime);
  return {
    ...whole,
    name,
    ...(substitute && other.substitute ? { substitute } : {}),
    ...(earliest ? { fromTime: earliest } : {}),
  };
}

function rulesOf(country: string, region: string | undefined): Holidays {
  const known = new Holidays();
  if (!Object.hasOwn(known.getCountries(), country)) {
    throw new UnknownHolidays(`No holidays are known for the country "${country}" (ISO 3166-1, such as IE).`);
  }
  if (region === undefined) return new Holidays(country);
  // For an unknown region the library would answer for the whole country.
  const [state = "", part, ...rest] = region.split("-");
  const states = known.getStates(country) ?? {};
  const parts = Object.hasOwn(states, state) ? (known.getRegions(country, state) ?? {}) : {};
  if (!Object.hasOwn(states, state) || rest.length > 0 || (part !== undefined && !Object.hasOwn(parts, part))) {
    const choices = holidayRegions(country).map((one) => one.region);
    const advice = choices.length > 0 ? `There are: ${choices.join(", ")}.` : "The country has no regions.";
    throw new UnknownHolidays(`No holidays are known for the region "${region}" of ${country}. ${advice}`);
  }
  return part === undefined ? new Holidays(country, state) : new Holidays(country, state, part);
}

/** The countries that the library knows, by code, with their English names. */
export function holidayCountries(): { country: string; name: string }[] {
  const countries = new Holidays().getCountries("en");
  return Object.entries(countries).map(([country, name]) => ({ country, name }));
}

/** The regions of a country that the library knows, parts of a region after it; empty if there are none. */
export function holidayRegions(country: string): { region: string; name: string }[] {
  const known = new Holidays();
  // The library returns undefined for a country without regions, which its types do not say.
  const states = known.getStates(country, "en") as Record<string, string> | undefined;
  return Object.entries(states ?? {}).flatMap(([state, stateName]) => {
    const parts = known.getRegions(country, state, "en") as Record<string, string> | undefined;
    const named = Object.entries(parts ?? {}).map(([part, name]) => ({ region: `${state}-${part}`, name }));
    return [{ region: state, name: stateName }, ...named];
  });
}
