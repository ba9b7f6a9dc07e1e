import { PARTS_OF_DAY, type PartOfDay } from "#domain/part-of-day.ts";

/** The search parameters of the first page and of the calendar. The pages of a hold keep them for the way back. */
export interface TimesSearch {
  doctor?: string | undefined;
  specialty?: string | undefined;
  /** The id of a location. */
  place?: string | undefined;
  part?: PartOfDay | undefined;
  /** ISO: `1` is Monday. */
  weekday?: string | undefined;
  /** The first clinic date. */
  from?: string | undefined;
  /** The appointment that gets another time; without it a new one is booked. */
  change?: string | undefined;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads the search parameters and leaves out invalid ones. */
export function readTimesSearch(search: Record<string, unknown>): TimesSearch {
  const { doctor, specialty, place, part, weekday, from, change } = search;
  const known = PARTS_OF_DAY.find((one) => one === part);
  return {
    ...(isId(doctor) ? { doctor } : {}),
    ...(typeof specialty === "string" && specialty !== "" && !isId(doctor) ? { specialty } : {}),
    ...(isId(place) ? { place } : {}),
    ...(known === undefined ? {} : { part: known }),
    ...(typeof weekday === "string" && /^[1-7]$/.test(weekday) ? { weekday } : {}),
    ...(isDate(from) ? { from } : {}),
    ...(isId(change) ? { change } : {}),
  };
}

const isId = (value: unknown): value is string => typeof value === "string" && UUID.test(value);

/** A date that exists, between the years that the API reads. */
function isDate(value: unknown): value is string {
  if (typeof value !== "string" || !/^(19|20|21)\d\d-\d\d-\d\d$/.test(value)) return false;
  const date = new Date(`${value}T12:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

/** Whether the search leaves out places, parts of the day or weekdays. */
export const isFiltered = ({ place, part, weekday }: TimesSearch): boolean =>
  place !== undefined || part !== undefined || weekday !== undefined;
