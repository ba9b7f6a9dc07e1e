import { fromEpochMilliseconds, fromString, toZonedDateTimeISO } from "temporal-polyfill/fns/Instant";
import { instantsOfWall, offsetAt } from "./zone-offsets.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const WALL_TIME = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/;
const INSTANT =
  /^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/**
 * A zone's name as the IANA database writes it ("europe/dublin" becomes "Europe/Dublin").
 * Offsets such as "+01:00" are refused, because they have no daylight saving time.
 * @throws RangeError when the runtime's zone database has no such zone.
 */
export function parseZone(name: string): string {
  if (!ZONE_NAME.test(name)) throw new RangeError(`"${name}" is not the name of a time zone, such as Europe/Dublin.`);
  try {
    return toZonedDateTimeISO(fromEpochMilliseconds(0), name).timeZoneId;
  } catch {
    throw new RangeError(`There is no time zone called "${name}".`);
  }
}

/**
 * Days from 1970-01-01 to a date written `YYYY-MM-DD`, the form in which dates are counted and compared.
 * @throws RangeError for any other form and for days that do not exist, such as 2026-02-29.
 */
export function epochDay(date: string): number {
  const ms = DATE.test(date) ? Date.UTC(+date.slice(0, 4), +date.slice(5, 7) - 1, +date.slice(8)) : Number.NaN;
  const day = ms / DAY;
  // Date.UTC rolls 30 February over into March and reads the years 0 to 99 as 1900 to 1999. Neither is written back the
  // same.
  if (Number.isNaN(day) || dateOfEpochDay(day) !== date) {
    throw new RangeError(`"${date}" is not a date in the form YYYY-MM-DD.`);
  }
  return day;
}

const dateTexts = new Map<number, string>();

/** The date `YYYY-MM-DD` of a number of days after 1970-01-01; the years 100 to 9999. */
export function dateOfEpochDay(day: number): string {
  let text = dateTexts.get(day);
  if (text === undefined) {
    if (dateTexts.size >= 4_096) dateTexts.clear();
    dateTexts.set(day, (text = new Date(day * DAY).toISOString().slice(0, 10)));
  }
  return text;
}

/** The date `days` later (earlier if negative). @throws RangeError when `date` is not `YYYY-MM-DD`. */
export function addDays(date: string, days: number): string {
  return dateOfEpochDay(epochDay(date) + days);
}

/** ISO weekday of a date: 1 Monday ... 7 Sunday. @throws RangeError when `date` is not `YYYY-MM-DD`. */
export function weekdayOf(date: string): number {
  return weekdayOfEpochDay(epochDay(date));
}

/** ISO weekday (1 Monday ... 7 Sunday) of a day counted from 1970-01-01, which was a Thursday. */
export function weekdayOfEpochDay(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/**
 * The dates of the half-open range `[from, to)` in order.
 * @throws RangeError when a date is malformed, the range is inverted, or it has more than `maxDays` dates.
 */
export function clinicDates(from: string, to: string, maxDays: number): string[] {
  const first = epochDay(from);
  const count = epochDay(to) - first;
  if (count < 0) throw new RangeError(`The dates are inverted: ${to} is before ${from}.`);
  if (count > maxDays) throw new RangeError(`${from} to ${to} is ${count} days; at most ${maxDays} are allowed.`);
  return Array.from({ length: count }, (_, index) => dateOfEpochDay(first + index));
}

/**
 * Minutes since midnight (0 ... 1440) of a wall time written `HH:MM`; "24:00" is the end of the day.
 * @throws RangeError for any other form.
 */
export function minuteOfDay(time: string): number {
  const match = WALL_TIME.exec(time);
  if (!match) throw new RangeError(`"${time}" is not a time in the form HH:MM.`);
  return match[1] === undefined ? 1440 : Number(match[1]) * 60 + Number(match[2]);
}

/** The clinic date `YYYY-MM-DD` at an instant (epoch milliseconds) in a zone. */
export function clinicDateOf(epochMs: number, zone: string): string {
  return dateOfEpochDay(Math.floor((epochMs + offsetAt(epochMs, zone)) / DAY));
}

/**
 * The first instant (epoch milliseconds) of a clinic date: midnight, or the next instant where the clocks skip it (Cairo,
 * Santiago). A date that the zone skipped (Apia, 2011-12-30) starts where the next date does. So `[start of date, start of
 * next date)` is always exactly the date's instants, here none.
 * @throws RangeError for a malformed date or an unknown zone.
 */
export function startOfClinicDate(date: string, zone: string): number {
  for (let day = epochDay(date); ; day++) {
    const [first] = instantsOfWall({ start: day * DAY, end: (day + 1) * DAY }, zone);
    if (first) return first.start;
  }
}

const two = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, "0"));
const offsetTexts = new Map<number, string>();

function offsetText(offset: number): string {
  let text = offsetTexts.get(offset);
  if (text === undefined) {
    const minutes = Math.abs(offset) / MINUTE;
    // RFC 3339 has no seconds in offsets; zones dropped theirs by 1972.
    if (!Number.isInteger(minutes)) throw new RangeError(`The offset ${offset} ms is not a whole number of minutes.`);
    text = `${offset < 0 ? "-" : "+"}${two[Math.floor(minutes / 60)]}:${two[minutes % 60]}`;
    offsetTexts.set(offset, text);
  }
  return text;
}

/** Texts of instants, by zone. Slots of several doctors begin at the same instants. The maximum sizes bound the memory. */
const instantTexts = new Map<string, Map<number, string>>();
const MAX_ZONES = 64;
const MAX_INSTANTS = 4_096;

/**
 * An instant (epoch milliseconds) as RFC 3339 with the zone's offset then, as in `2026-12-03T10:15:00+00:00`. Milliseconds
 * appear only if they are not zero.
 * @throws RangeError for an unknown zone, a fraction of a millisecond, or a time when the offset had seconds.
 */
export function formatInstant(epochMs: number, zone: string): string {
  let texts = instantTexts.get(zone);
  if (texts === undefined) {
    if (instantTexts.size >= MAX_ZONES) instantTexts.clear();
    instantTexts.set(zone, (texts = new Map()));
  }
  let text = texts.get(epochMs);
  if (text === undefined) {
    if (texts.size >= MAX_INSTANTS) texts.clear();
    texts.set(epochMs, (text = writeInstant(epochMs, zone)));
  }
  return text;
}

function writeInstant(epochMs: number, zone: string): string {
  if (!Number.isInteger(epochMs)) throw new RangeError(`${epochMs} is not a whole number of epoch milliseconds.`);
  const offset = offsetAt(epochMs, zone);
  const wall = epochMs + offset;
  const day = Math.floor(wall / DAY);
  const inDay = wall - day * DAY;
  const minutes = Math.floor(inDay / MINUTE);
  const inMinute = inDay - minutes * MINUTE;
  const seconds = Math.floor(inMinute / 1000);
  const ms = inMinute - seconds * 1000;
  const fraction = ms === 0 ? "" : `.${String(ms).padStart(3, "0")}`;
  const time = `${two[Math.floor(minutes / 60)]}:${two[minutes % 60]}:${two[seconds]}`;
  return `${dateOfEpochDay(day)}T${time}${fraction}${offsetText(offset)}`;
}

/**
 * Epoch milliseconds of an RFC 3339 instant with `Z` or a numeric offset; finer fractions are cut off.
 * @throws RangeError for any other form (no offset, lower case, leap second, a day that does not exist).
 */
export function parseInstant(text: string): number {
  if (INSTANT.test(text)) {
    try {
      return fromString(text).epochMilliseconds;
    } catch {
      // A well-formed text may still name a day that does not exist.
    }
  }
  throw new RangeError(`"${text}" is not an instant such as 2026-12-03T10:15:00+00:00.`);
}
