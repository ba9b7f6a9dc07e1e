import { fromEpochMilliseconds, toZonedDateTimeISO } from "temporal-polyfill/fns/Instant";
import { offsetNanoseconds } from "temporal-polyfill/fns/ZonedDateTime";
import type { Interval } from "./interval.ts";

const SECOND = 1000;
const DAY = 86_400_000;
/** No zone has ever been further from UTC than 15 h 14 min (Manila before 1844). */
const FURTHEST_OFFSET = 16 * 60 * 60 * SECOND;

/** A range of instants within one UTC day in which the zone has one offset. */
interface Stretch extends Interval {
  /** Local time minus UTC in milliseconds, positive east of Greenwich. */
  readonly offset: number;
}

/*
 * A Temporal look-up takes about 10 microseconds: too slow for a reply with thousands of slots. A clinic has few zones and a
 * few hundred days. So each zone remembers the ranges of each UTC day it was asked about. They are facts of the zone
 * database, so these functions stay pure. The maximum sizes bound the memory.
 */
const MAX_ZONES = 64;
const MAX_DAYS = 4_096;
interface KnownZone {
  readonly days: Map<number, readonly Stretch[]>;
  /** Offsets at the starts of UTC days; each serves two days. */
  readonly edges: Map<number, number>;
}
const known = new Map<string, KnownZone>();

function lookUp(zone: string, epochMs: number): number {
  return offsetNanoseconds(toZonedDateTimeISO(fromEpochMilliseconds(epochMs), zone)) / 1e6;
}

/** The first whole second in `(low, high]` with another offset than `low`; zone rules change at whole seconds. */
function firstChange(zone: string, low: number, high: number, offset: number): number {
  while (high - low > SECOND) {
    const middle = low + Math.floor((high - low) / SECOND / 2) * SECOND;
    if (lookUp(zone, middle) === offset) low = middle;
    else high = middle;
  }
  return high;
}

/*
 * A clock change is found by comparing the two ends of a UTC day. Two changes within a day that cancel out would be missed,
 * but the zone database has none.
 */
function computeDay(zone: string, day: number, edges: Map<number, number>): Stretch[] {
  const end = (day + 1) * DAY;
  const lastOffset = edges.get(day + 1) ?? lookUp(zone, end);
  const stretches: Stretch[] = [];
  let start = day * DAY;
  let offset = edges.get(day) ?? lookUp(zone, start);
  edges.set(day, offset).set(day + 1, lastOffset);
  while (offset !== lastOffset) {
    const change = firstChange(zone, start, end, offset);
    if (change === end) break;
    stretches.push({ start, end: change, offset });
    start = change;
    offset = lookUp(zone, start);
  }
  stretches.push({ start, end, offset });
  return stretches;
}

function stretchesOf(zone: string, day: number): readonly Stretch[] {
  let memory = known.get(zone);
  if (!memory) {
    if (known.size >= MAX_ZONES) known.clear();
    known.set(zone, (memory = { days: new Map(), edges: new Map() }));
  }
  let stretches = memory.days.get(day);
  if (!stretches) {
    if (memory.days.size >= MAX_DAYS) {
      memory.days.clear();
      memory.edges.clear();
    }
    memory.days.set(day, (stretches = computeDay(zone, day, memory.edges)));
  }
  return stretches;
}

/**
 * Local time minus UTC at an instant, in milliseconds (positive east of Greenwich).
 * @throws RangeError for a zone the runtime does not know or an instant outside Temporal's range.
 */
export function offsetAt(epochMs: number, zone: string): number {
  for (const stretch of stretchesOf(zone, Math.floor(epochMs / DAY))) if (epochMs < stretch.end) return stretch.offset;
  throw new RangeError(`${epochMs} is not an instant in epoch milliseconds.`);
}

/**
 * The instants at which a wall clock shows a time in `[wall.start, wall.end)`, as disjoint ascending intervals. `wall`
 * counts milliseconds as if the wall clock were in UTC (1970-01-01T00:00 local = 0).
 *
 * Usually this is one interval. Times skipped in spring have no instants, so the result may be shorter than `wall`, or
 * empty. Times repeated in autumn have two, so it may be longer or have two parts. Disjoint wall intervals always give
 * disjoint instants.
 * @throws RangeError for an unknown zone.
 */
export function instantsOfWall(wall: Interval, zone: string): Interval[] {
  const parts: Interval[] = [];
  const lastDay = Math.floor((wall.end + FURTHEST_OFFSET) / DAY);
  for (let day = Math.floor((wall.start - FURTHEST_OFFSET) / DAY); day <= lastDay; day++) {
    for (const stretch of stretchesOf(zone, day)) {
      const start = Math.max(stretch.start, wall.start - stretch.offset);
      const end = Math.min(stretch.end, wall.end - stretch.offset);
      if (start >= end) continue;
      const last = parts.at(-1);
      if (last && last.end === start) parts[parts.length - 1] = { start: last.start, end };
      else parts.push({ start, end });
    }
  }
  return parts;
}
