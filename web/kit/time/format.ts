/**
 * Dates and times as the clinic says them. Instants are RFC 3339 strings, dates are `YYYY-MM-DD` at the clinic, `zone` is
 * an IANA name. The device's own zone and language never take part, so every patient reads the same words.
 */
const LOCALE = "en-GB";
const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(LOCALE, {
      timeZone: zone,
      calendar: "gregory",
      numberingSystem: "latn",
      ...options,
    });
    formats.set(key, found);
  }
  return found;
}

function words(instant: Date, zone: string, options: Intl.DateTimeFormatOptions): string {
  // Joined by hand: whether a comma follows the weekday depends on the browser's version of its language data.
  const parts = format(zone, options).formatToParts(instant);
  return parts.flatMap(({ type, value }) => (type === "literal" ? [] : [value])).join(" ");
}

/** `10:15` */
export function timeOf(instant: string, zone: string): string {
  return format(zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(instant));
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

/** `2026-12-03` and 1 give `2026-12-04`; plain calendar arithmetic, no zone involved. */
export function addDays(date: string, days: number): string {
  const noon = new Date(`${date}T12:00:00Z`);
  noon.setUTCDate(noon.getUTCDate() + days);
  return noon.toISOString().slice(0, 10);
}

const noonOf = (date: string) => new Date(`${date}T12:00:00Z`);

/** `Thursday 3 December` */
export function dayOf(date: string): string {
  return words(noonOf(date), "UTC", { weekday: "long", day: "numeric", month: "long" });
}

/** `Thursday 3 December 2026` */
export function fullDayOf(date: string): string {
  return words(noonOf(date), "UTC", { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

/** `3 December` */
export function shortDayOf(date: string): string {
  return words(noonOf(date), "UTC", { day: "numeric", month: "long" });
}

/** `Thursday 3 December, 10:15`: an instant of the API read as it is written, which is in the clinic's zone. */
export function asWritten(instant: string): string {
  return `${dayOf(instant.slice(0, 10))}, ${instant.slice(11, 16)}`;
}

/** `Today`, `Tomorrow` or nothing. */
export function nearDayOf(date: string, today: string): "Today" | "Tomorrow" | undefined {
  if (date === today) return "Today";
  return date === addDays(today, 1) ? "Tomorrow" : undefined;
}

/** `Dublin time` for `Europe/Dublin`. */
export function zoneWords(zone: string): string {
  return `${zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " ")} time`;
}

/** `4:05` for 245 000 ms; a second that has begun counts, so `0:00` means that it is over. */
export function countdownOf(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
