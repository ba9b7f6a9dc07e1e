import { clinicDateOf, epochDay } from "#domain/clinic-time.ts";
import { type Interval, normalise, overlapsAny } from "#domain/interval.ts";
import { instantsOfWall } from "#domain/zone-offsets.ts";
import type { Absence, ClosedBy, ScheduleLocation } from "./model.ts";
import { wallMinutes } from "./occurrence.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

/**
 * A doctor's absences from a location as instants, for slots that start on the clinic dates `[from, to)`: disjoint,
 * ascending. Like sessions, absences are wall-clock times. An hour repeated in autumn is absent both times. Hours across
 * midnight belong to the date on which they start.
 * @throws RangeError if a date, time or zone is malformed.
 */
export function absentInstants(
  absences: Iterable<Absence>,
  locationId: string,
  zone: string,
  from: string,
  to: string,
): Interval[] {
  const instants: Interval[] = [];
  for (const absence of absences) {
    if ((absence.locationId ?? locationId) !== locationId) continue;
    // Hours of the evening before may last into the first date. A slot of the last date may last into the next.
    const first = Math.max(epochDay(absence.fromDate), epochDay(from) - 1);
    const end = Math.min(epochDay(absence.toDate) + 1, epochDay(to) + 1);
    if (first >= end) continue;
    const hours = absence.from && absence.to ? wallMinutes(absence.from, absence.to) : undefined;
    if (!hours) {
      instants.push(...instantsOfWall({ start: first * DAY, end: end * DAY }, zone));
      continue;
    }
    const { fromMinute, toMinute } = hours;
    for (let day = first; day < end; day++) {
      const midnight = day * DAY;
      instants.push(
        ...instantsOfWall({ start: midnight + fromMinute * MINUTE, end: midnight + toMinute * MINUTE }, zone),
      );
    }
  }
  return normalise(instants);
}

/**
 * The cause that closes a slot: a public holiday on the clinic date of its start, else an overlapping absence, else none.
 * Each slot of a night session is judged by the date on which it starts. `absent` comes from {@link absentInstants}. Valid
 * for slots of a template and slots added by hand.
 */
export function closedBy(
  slot: { readonly startsAt: number; readonly endsAt: number },
  location: ScheduleLocation,
  absent: readonly Interval[],
): ClosedBy | undefined {
  if (location.holidays.has(clinicDateOf(slot.startsAt, location.zone))) return "holiday";
  return overlapsAny(absent, { start: slot.startsAt, end: slot.endsAt }) ? "absence" : undefined;
}
