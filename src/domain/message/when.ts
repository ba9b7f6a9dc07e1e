import { cityOf } from "#domain/city.ts";
import { repeatedMark } from "#domain/repeated-hour.ts";
import type { Catalogue } from "./texts.ts";

/** A time at a location: instants in epoch milliseconds, the location's IANA zone. */
export interface Times {
  startsAt: number;
  endsAt: number;
  timeZone: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Names of days and months are the language's (Intl); how they are put together is the catalogue's. */
function format(tag: string, timeZone: string): Intl.DateTimeFormat {
  const key = `${tag} ${timeZone}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(tag, {
      timeZone,
      calendar: "gregory",
      numberingSystem: "latn",
      weekday: "long",
      day: "numeric",
      month: "long",
      year: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    formats.set(key, found);
  }
  return found;
}

/** A time that comes twice on its day has its offset: `01:30 UTC+1`. */
function partsOf({ tag, date }: Catalogue, epochMs: number, timeZone: string): { date: string; time: string } {
  const parts = format(tag, timeZone).formatToParts(epochMs);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? "";
  return {
    date: date({ weekday: part("weekday"), day: part("day"), month: part("month"), year: part("year") }),
    time: [`${part("hour")}:${part("minute")}`, repeatedMark(epochMs, timeZone)].filter(Boolean).join(" "),
  };
}

/** `Thursday 3 December 2026, 10:15`, at the location; with `zoneNamed` also `(Dublin time)`. */
export function startOf(texts: Catalogue, { startsAt, timeZone }: Times, zoneNamed: boolean): string {
  if (zoneNamed) return momentOf(texts, startsAt, timeZone);
  const { date, time } = partsOf(texts, startsAt, timeZone);
  return texts.at(date, time);
}

/** `Thursday 3 December 2026, 10:15 to 10:30 (Dublin time)`. */
export function periodOf(texts: Catalogue, { startsAt, endsAt, timeZone }: Times): string {
  const { date, time } = partsOf(texts, startsAt, timeZone);
  return texts.period(date, time, partsOf(texts, endsAt, timeZone).time, cityOf(timeZone, texts.tag));
}

/** `Wednesday 2 December 2026, 10:15 (Dublin time)`. */
export function momentOf(texts: Catalogue, epochMs: number, timeZone: string): string {
  const { date, time } = partsOf(texts, epochMs, timeZone);
  return texts.moment(date, time, cityOf(timeZone, texts.tag));
}
