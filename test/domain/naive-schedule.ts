/**
 * A second, slow answer to "which slots does this schedule want", to hold the real one against. It shares no code and no
 * library with it. It walks real time minute by minute and reads each minute's wall clock from Intl.DateTimeFormat. The real
 * one asks Temporal for offsets and does arithmetic.
 */
import type { ScheduleException, Session } from "#domain/schedule/model.ts";

const DAY_MINUTES = 1440;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
    });
    formats.set(zone, format);
  }
  return format;
}

/** The wall clock's reading, counted in minutes as if it were UTC. */
export function wallMinute(zone: string, epochMinute: number): number {
  const text = formatOf(zone).format(epochMinute * 60_000);
  // "03/12/2026, 10:15", read by position for speed
  const read = (start: number, end: number) => Number(text.slice(start, end));
  const wall = Date.UTC(read(6, 10), read(3, 5) - 1, read(0, 2), read(12, 14), read(15, 17)) / 60_000;
  if (text.length !== 17 || Number.isNaN(wall)) throw new Error(`Unexpected Intl text "${text}"`);
  return wall;
}

const readings = new Map<string, Int16Array>();

/**
 * How far the wall is ahead of UTC, in minutes, at every quarter of an hour of a UTC day. No zone changes between
 * (checked by a test), so the minutes between are read as the one before them.
 */
function offsetsOfDay(zone: string, utcDay: number): Int16Array {
  const key = `${zone} ${utcDay}`;
  let day = readings.get(key);
  if (!day) {
    day = new Int16Array(DAY_MINUTES / 15);
    for (let step = 0; step < day.length; step++) {
      const minute = utcDay * DAY_MINUTES + step * 15;
      day[step] = wallMinute(zone, minute) - minute;
    }
    readings.set(key, day);
  }
  return day;
}

/** The wall at each minute of the UTC days from `firstDay` to `lastDay`. */
export function wallClock(zone: string, firstDay: number, lastDay: number): Int32Array {
  const clock = new Int32Array((lastDay - firstDay + 1) * DAY_MINUTES);
  for (let day = firstDay, index = 0; day <= lastDay; day++) {
    const offsets = offsetsOfDay(zone, day);
    for (let minute = 0; minute < DAY_MINUTES; minute++, index++) {
      clock[index] = day * DAY_MINUTES + minute + offsets[Math.floor(minute / 15)]!;
    }
  }
  return clock;
}

export function naiveDate(day: number): string {
  const date = new Date(day * 86_400_000);
  const pad = (n: number) => String(n).padStart(2, "0");
  return `${date.getUTCFullYear()}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`;
}

export function naiveDay(date: string): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / 86_400_000);
}

export function naiveWeekday(date: string): number {
  const sundayFirst = new Date(`${date}T12:00:00Z`).getUTCDay();
  return sundayFirst === 0 ? 7 : sundayFirst;
}

function minutes(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

export interface NaiveInput {
  sessions: readonly Session[];
  exceptions: readonly ScheduleException[];
  locations: ReadonlyMap<string, { zone: string; holidays: ReadonlySet<string> }>;
  doctorSlotMinutes?: number | null;
  policySlotMinutes: number;
  from: string;
  to: string;
}

/** Every wanted slot as one text line, sorted, overlapping or not. */
export function naiveSlots(input: NaiveInput): string[] {
  const lines: string[] = [];
  const firstDay = naiveDay(input.from) - 3;
  const lastDay = naiveDay(input.to) + 3;
  const clocks = new Map<string, Int32Array>();
  const clockOf = (zone: string) => {
    let clock = clocks.get(zone);
    if (!clock) clocks.set(zone, (clock = wallClock(zone, firstDay, lastDay)));
    return clock;
  };

  const absences = input.exceptions
    .filter((exception) => exception.kind === "absence")
    .map((absence) => ({ ...absence, first: naiveDay(absence.fromDate), last: naiveDay(absence.toDate) }));

  /** Is the doctor away when the wall at this location shows this minute? */
  const away = (wall: number, locationId: string) =>
    absences.some((absence) => {
      if ((absence.locationId ?? locationId) !== locationId) return false;
      const day = Math.floor(wall / DAY_MINUTES);
      const at = wall - day * DAY_MINUTES;
      const inDates = (d: number) => absence.first <= d && d <= absence.last;
      if (!absence.from || !absence.to) return inDates(day);
      const [from, to] = [minutes(absence.from), minutes(absence.to)];
      if (from <= to) return inDates(day) && from <= at && at < to;
      return (inDates(day) && at >= from) || (inDates(day - 1) && at < to);
    });

  const work = (date: string, session: Omit<Session, "weekday" | "validFrom" | "validTo">) => {
    const { zone, holidays } = input.locations.get(session.locationId)!;
    const clock = clockOf(zone);
    const length = session.slotMinutes ?? input.doctorSlotMinutes ?? input.policySlotMinutes;
    const midnight = naiveDay(date) * DAY_MINUTES;
    const opens = midnight + minutes(session.from);
    const closes = midnight + minutes(session.to) + (minutes(session.to) < minutes(session.from) ? DAY_MINUTES : 0);
    // No wall is a day away from UTC, so two days either side see all of it.
    const around = Math.max(0, midnight - 2 * DAY_MINUTES - firstDay * DAY_MINUTES);
    const until = Math.min(clock.length, around + 6 * DAY_MINUTES);
    let run = 0;
    for (let index = around; index < until; index++) {
      const wall = clock[index]!;
      if (wall < opens || wall >= closes) {
        run = 0;
        continue;
      }
      run++;
      if (run < length) continue;
      run = 0;
      const first = index - length + 1;
      const startDate = naiveDate(Math.floor(clock[first]! / DAY_MINUTES));
      if (startDate < input.from || startDate >= input.to) continue;
      let state = "open";
      for (let minute = first; minute <= index; minute++)
        if (away(clock[minute]!, session.locationId)) state = "absence";
      if (holidays.has(startDate)) state = "holiday";
      const start = firstDay * DAY_MINUTES + first;
      lines.push(`${start} ${start + length} ${startDate} ${session.locationId} ${state}`);
    }
  };

  for (let day = naiveDay(input.from) - 2; day <= naiveDay(input.to) + 1; day++) {
    const date = naiveDate(day);
    for (const session of input.sessions) {
      if (session.weekday !== naiveWeekday(date) || date < session.validFrom) continue;
      if (session.validTo && date >= session.validTo) continue;
      work(date, session);
    }
    for (const exception of input.exceptions) {
      if (exception.kind === "extra" && exception.date === date) work(date, exception);
    }
  }
  return lines.sort();
}
