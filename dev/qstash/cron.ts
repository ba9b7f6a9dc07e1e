import { Temporal } from "temporal-polyfill";
import { Refusal } from "./model.ts";

type Field = { values: Set<number>; any: boolean };
type Cron = { zone: string; minute: Field; hour: Field; day: Field; month: Field; weekday: Field };

const MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ");
const WEEKDAYS = "SUN MON TUE WED THU FRI SAT".split(" ");
/** The longest wait between two runs of any date that exists: 29 February over a century without leap day. */
const MAX_DAYS = 366 * 9;

/**
 * Reads five fields (minute, hour, day of month, month, day of week), each with `*`, lists, ranges, steps and names, and
 * before them, if wanted, `CRON_TZ=Area/City` (UTC otherwise).
 * Source: https://upstash.com/docs/qstash/features/schedules and crontab(5).
 *
 * @throws Refusal 400.
 */
export function parseCron(text: string): Cron {
  const [, zone = "UTC", rest = ""] = /^(?:(?:CRON_)?TZ=(\S+)\s+)?(.*)$/.exec(text.trim()) ?? [];
  const fields = rest.trim().split(/\s+/);
  if (fields.length !== 5) throw invalid(text);
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
  } catch {
    throw invalid(text);
  }
  const [minute, hour, day, month, weekday] = fields as [string, string, string, string, string];
  const days = field(weekday, 0, 7, WEEKDAYS, text);
  if (days.values.has(7)) days.values.add(0);
  return {
    zone,
    minute: field(minute, 0, 59, [], text),
    hour: field(hour, 0, 23, [], text),
    day: field(day, 1, 31, [], text),
    month: field(month, 1, 12, MONTHS, text),
    weekday: days,
  };
}

/**
 * The first run after `afterMs` (Unix milliseconds, as is the answer). A local time that a clock change skips does not
 * run; one that comes twice runs the first time.
 *
 * @throws Refusal 400 when there is no such run (`0 0 31 2 *`).
 */
export function nextRun(text: string, afterMs: number): number {
  const cron = parseCron(text);
  const start = Temporal.Instant.fromEpochMilliseconds(afterMs).toZonedDateTimeISO(cron.zone);
  const hours = [...cron.hour.values].toSorted((a, b) => a - b);
  const minutes = [...cron.minute.values].toSorted((a, b) => a - b);
  let date = start.toPlainDate();
  for (let i = 0; i < MAX_DAYS; i += 1, date = date.add({ days: 1 })) {
    if (!matches(cron, date)) continue;
    for (const hour of hours) {
      // Whole hours behind us need no look; the hour before stays because clocks may have been put back.
      if (i === 0 && hour < start.hour - 1) continue;
      for (const minute of minutes) {
        const local = date.toPlainDateTime({ hour, minute });
        const zoned = local.toZonedDateTime(cron.zone, { disambiguation: "earlier" });
        if (zoned.epochMilliseconds > afterMs && zoned.toPlainDateTime().equals(local)) return zoned.epochMilliseconds;
      }
    }
  }
  throw invalid(text);
}

/** When both the day of the month and the day of the week are given, either of them is enough. */
function matches({ day, month, weekday }: Cron, date: Temporal.PlainDate): boolean {
  if (!month.values.has(date.month)) return false;
  const onDay = day.values.has(date.day);
  const onWeekday = weekday.values.has(date.dayOfWeek % 7);
  return day.any || weekday.any ? onDay && onWeekday : onDay || onWeekday;
}

function field(text: string, low: number, high: number, names: string[], whole: string): Field {
  const values = new Set<number>();
  const number = (word: string): number => {
    const name = names.indexOf(word.toUpperCase());
    const value = name >= 0 ? name + low : /^\d+$/.test(word) ? Number(word) : Number.NaN;
    if (!(value >= low && value <= high)) throw invalid(whole);
    return value;
  };
  for (const part of text.split(",")) {
    const [, range = "", step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
    const [from, to] = range === "*" ? [String(low), String(high)] : range.split("-");
    if (from === undefined || from === "" || step === "0") throw invalid(whole);
    const first = number(from);
    const last = to === undefined ? (step === undefined ? first : high) : number(to);
    if (last < first) throw invalid(whole);
    for (let value = first; value <= last; value += Number(step ?? 1)) values.add(value);
  }
  return { values, any: text.startsWith("*") };
}

function invalid(text: string): Refusal {
  return new Refusal(400, `invalid cron expression: '${text}'`);
}
