import { i18n } from "@lingui/core";
import { plural, t } from "@lingui/core/macro";
import { cityOf } from "#domain/city.ts";
import { repeatedMark } from "#domain/repeated-hour.ts";

/**
 * Dates and times at the clinic in the app's language. Instants are RFC 3339 strings, dates are `YYYY-MM-DD` at the clinic,
 * `zone` is an IANA name. The device's own zone is never used, so all patients read the same times. Names of days and
 * months come from Intl. Their order comes from the catalogue, because Intl's commas differ between browser versions.
 */
const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = i18n.locale + zone + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(i18n.locale, {
      timeZone: zone,
      calendar: "gregory",
      numberingSystem: "latn",
      ...options,
    });
    formats.set(key, found);
  }
  return found;
}

/** `10:15`, and `01:30 UTC+1` in the hour that comes twice when the clocks go back. */
export function timeOf(instant: string, zone: string): string {
  const time = format(zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(instant));
  const mark = repeatedMark(Date.parse(instant), zone);
  return mark === null ? time : `${time}\u00a0${mark}`;
}

/** `10:15–10:30` */
export function timesOf(slot: { startsAt: string; endsAt: string }, zone: string): string {
  return `${timeOf(slot.startsAt, zone)}–${timeOf(slot.endsAt, zone)}`;
}

/** The hour of the day, 0 to 23. */
export function hourOf(instant: string, zone: string): number {
  return Number(timeOf(instant, zone).slice(0, 2));
}

/** The calendar date of an instant, `2026-12-03`. */
export function dateOf(instant: string | Date, zone: string): string {
  const parts = format(zone, { year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(new Date(instant));
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** `2026-12-03` and 1 give `2026-12-04`: calendar arithmetic without a zone. */
export function addDays(date: string, days: number): string {
  const noon = new Date(`${date}T12:00:00Z`);
  noon.setUTCDate(noon.getUTCDate() + days);
  return noon.toISOString().slice(0, 10);
}

/** Monday of the week of a date, `YYYY-MM-DD`. */
export function mondayOf(date: string): string {
  const day = new Date(`${date}T12:00:00Z`);
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  return day.toISOString().slice(0, 10);
}

/** The parts of a date, formatted together, because in some languages a month alone has another form. */
function partsOf(date: string): { weekday: string; day: string; month: string; year: string } {
  const options = { weekday: "long", day: "numeric", month: "long", year: "numeric" } as const;
  const parts = format("UTC", options).formatToParts(new Date(`${date}T12:00:00Z`));
  const part = (wanted: string) => parts.find(({ type }) => type === wanted)?.value ?? "";
  return { weekday: part("weekday"), day: part("day"), month: part("month"), year: part("year") };
}

/** `Thursday 3 December` */
export function dayOf(date: string): string {
  const { weekday, day, month } = partsOf(date);
  return t({ message: `${weekday} ${day} ${month}`, comment: "Thursday 3 December" });
}

/** `Thursday 3 December 2026` */
export function fullDayOf(date: string): string {
  const { weekday, day, month, year } = partsOf(date);
  return t({ message: `${weekday} ${day} ${month} ${year}`, comment: "Thursday 3 December 2026" });
}

/** `3 December` */
export function shortDayOf(date: string): string {
  const { day, month } = partsOf(date);
  return t({ message: `${day} ${month}`, comment: "3 December" });
}

/** `30 Nov – 6 Dec`, and `1–7 Dec` within a month. */
export function daySpanOf(from: string, to: string): string {
  const month = shortMonthOf(to);
  const [start, day] = [from, to].map((date) => partsOf(date).day);
  if (from.slice(0, 7) === to.slice(0, 7)) {
    return t({ message: `${start}–${day} ${month}`, comment: "1–7 Dec" });
  }
  const startMonth = shortMonthOf(from);
  return t({ message: `${start} ${startMonth} – ${day} ${month}`, comment: "30 Nov – 6 Dec" });
}

/** `Dec` */
function shortMonthOf(date: string): string {
  return format("UTC", { month: "short" }).format(new Date(`${date}T12:00:00Z`));
}

/** `December 2026` for any date of that month. */
export function monthOf(date: string): string {
  const { month, year } = partsOf(date);
  return `${month} ${year}`;
}

/** `Mon` */
export function shortWeekdayOf(date: string): string {
  return format("UTC", { weekday: "short" }).format(new Date(`${date}T12:00:00Z`));
}

/** `Monday` for 1, `Sunday` for 7. */
export function weekdayOf(weekday: number): string {
  // The first of January 2024 was a Monday.
  return partsOf(addDays("2024-01-01", weekday - 1)).weekday;
}

/** The ISO weekday of a date, 1 for Monday. */
export function isoWeekdayOf(date: string): number {
  return new Date(`${date}T12:00:00Z`).getUTCDay() || 7;
}

/** `Thursday 3 December, 10:15`, of a day in words and a time of {@link timeOf}. */
export function dayAndTime(day: string, timeAndMark: string): string {
  const [time = "", ...mark] = timeAndMark.split("\u00a0");
  return [t({ message: `${day}, ${time}`, comment: "Thursday 3 December, 10:15" }), ...mark].join("\u00a0");
}

/**
 * `Thursday 3 December, 10:15`: an instant of the API as it is written, with the offset of its location. Where the clinic has
 * several zones: `Thursday 3 December, 10:15 (Dublin time)`.
 * @param zones the clinic's zones; a time that comes twice gets its offset
 */
export function asWritten(instant: string, zones: readonly string[]): string {
  const time = instant.slice(11, 16);
  const zone = zones.find((one) => timeOf(instant, one).startsWith(time));
  const when = dayAndTime(dayOf(instant.slice(0, 10)), zone === undefined ? time : timeOf(instant, zone));
  return zones.length > 1 && zone !== undefined ? `${when} (${zoneWords(zone)})` : when;
}

/** Whether a day is today or tomorrow; undefined for other days. */
export function nearDayOf(date: string, today: string): "today" | "tomorrow" | undefined {
  if (date === today) return "today";
  return date === addDays(today, 1) ? "tomorrow" : undefined;
}

/** `Dublin time` for `Europe/Dublin`. */
export function zoneWords(zone: string): string {
  const city = cityOf(zone, i18n.locale);
  return t`${city} time`;
}

/** `5 minutes`, `1 minute`, `20 seconds`: from a minute on in whole minutes, rounded. */
export function durationOf(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return seconds >= 60
    ? plural(minutes, { one: "# minute", other: "# minutes" })
    : plural(seconds, { one: "# second", other: "# seconds" });
}

/** `4:05` for 245 000 ms; rounded up to whole seconds, so `0:00` means that it is over. */
export function countdownOf(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
