import { dateOfEpochDay } from "#domain/clinic-time.ts";
import { type Interval, overlaps, overlapsAny } from "#domain/interval.ts";
import { instantsOn, type ReadSession, startsOn } from "./occurrence.ts";

/** Sessions in two zones are compared on the dates of two years, which have each yearly clock change twice. */
const COMPARED_DAYS = 731;

export interface PlacedSession {
  readonly session: ReadSession;
  readonly zone: string;
}

/**
 * The first date on which session `a` starts and overlaps an occurrence of session `b`; undefined if they never overlap.
 * That of `b` may start on the day before or after.
 *
 * In one zone wall times decide, exactly and for all dates, because different wall times are different instants. In two
 * zones instants are compared, over the first two years in which both sessions are valid.
 */
export function firstOverlap(a: PlacedSession, b: PlacedSession): string | undefined {
  return a.zone === b.zone ? firstWallOverlap(a.session, b.session) : firstRealOverlap(a, b);
}

function firstWallOverlap(a: ReadSession, b: ReadSession): string | undefined {
  let earliest = Number.POSITIVE_INFINITY;
  // Sessions start within their day and last at most a day, so only neighbouring days can overlap.
  for (const shift of [-1, 0, 1]) {
    const daysBetween = (((b.weekday - a.weekday) % 7) + 7) % 7;
    if (daysBetween !== (shift + 7) % 7) continue;
    const meet = overlaps(
      { start: a.fromMinute, end: a.toMinute },
      { start: b.fromMinute + shift * 1440, end: b.toMinute + shift * 1440 },
    );
    if (!meet) continue;
    const low = Math.max(a.firstDay, b.firstDay - shift);
    const high = Math.min(a.endDay, b.endDay - shift);
    let day = low;
    while (day < high && !startsOn(a, day)) day++;
    if (day < high) earliest = Math.min(earliest, day);
  }
  return Number.isFinite(earliest) ? dateOfEpochDay(earliest) : undefined;
}

function firstRealOverlap(a: PlacedSession, b: PlacedSession): string | undefined {
  const first = Math.max(a.session.firstDay, b.session.firstDay) - 2;
  const end = Math.min(a.session.endDay + 2, b.session.endDay + 2, first + COMPARED_DAYS);
  const rivals = runs(b, first, end).map(({ interval }) => interval);
  const met = runs(a, first, end).find(({ interval }) => overlapsAny(rivals, interval));
  return met && dateOfEpochDay(met.day);
}

function runs(placed: PlacedSession, first: number, end: number): { day: number; interval: Interval }[] {
  const found: { day: number; interval: Interval }[] = [];
  for (let day = first; day < end; day++) {
    if (!startsOn(placed.session, day)) continue;
    for (const interval of instantsOn(placed.session, day, placed.zone)) found.push({ day, interval });
  }
  return found;
}
