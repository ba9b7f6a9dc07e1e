import { addDays, epochDay, minuteOfDay, weekdayOf, weekdayOfEpochDay } from "#domain/clinic-time.ts";
import type { Interval } from "#domain/interval.ts";
import { instantsOfWall } from "#domain/zone-offsets.ts";
import type { ExtraSession, Session } from "./model.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

/** A parsed session: days count from 1970-01-01, minutes from the midnight at which the day starts. */
export interface ReadSession {
  readonly weekday: number;
  /** First day, and first day after the validity (Infinity without an end). */
  readonly firstDay: number;
  readonly endDay: number;
  /** Minutes after midnight; `toMinute` is not less, and is beyond 1440 if the session crosses midnight. */
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** The wall minutes `[from, to)` after midnight; a `to` that is earlier than `from` is on the next day. */
export function wallMinutes(from: string, to: string): { fromMinute: number; toMinute: number } {
  const fromMinute = minuteOfDay(from);
  const toMinute = minuteOfDay(to);
  return { fromMinute, toMinute: toMinute < fromMinute ? toMinute + 1440 : toMinute };
}

/** @throws RangeError when a date or time of the session is malformed. */
export function readSession(session: Session): ReadSession {
  const validTo = session.validTo ?? undefined;
  return {
    weekday: session.weekday,
    firstDay: epochDay(session.validFrom),
    endDay: validTo === undefined ? Number.POSITIVE_INFINITY : epochDay(validTo),
    ...wallMinutes(session.from, session.to),
  };
}

/** An extra session as a weekly session that is valid on its date only. @throws RangeError for a malformed date. */
export function weeklyFormOf(extra: ExtraSession): Session {
  return {
    weekday: weekdayOf(extra.date),
    from: extra.from,
    to: extra.to,
    slotMinutes: extra.slotMinutes ?? null,
    validFrom: extra.date,
    validTo: addDays(extra.date, 1),
    locationId: extra.locationId,
  };
}

/** True if the session starts on that day (counted from 1970-01-01). */
export function startsOn(session: ReadSession, day: number): boolean {
  return session.firstDay <= day && day < session.endDay && session.weekday === weekdayOfEpochDay(day);
}

/**
 * The instants of a session that starts on `day`, when the wall clock shows a time in `[from, to)`. {@link instantsOfWall}
 * describes clock changes.
 */
export function instantsOn(session: ReadSession, day: number, zone: string): Interval[] {
  const midnight = day * DAY;
  return instantsOfWall(
    { start: midnight + session.fromMinute * MINUTE, end: midnight + session.toMinute * MINUTE },
    zone,
  );
}
