import { clinicDateOf, epochDay } from "#domain/clinic-time.ts";
import { type Interval, normalise, overlapsAny } from "#domain/interval.ts";
import { instantsOfWall } from "#domain/zone-offsets.ts";
import type { Absence, ClosedBy, ScheduleLocation } from "./model.ts";
import { wallMinutes } from "./occurrence.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

/**
 * The instants at which a doctor is absent from a location, as far as they matter to slots that start on the clinic
 * dates `[from, to)`: disjoint, ascending. Like sessions, absences are wall-clock readings, so an hour repeated in
 * autumn is absent both times, and hours that cross midnight belong to the date on which they start.
 * @throws RangeError when a date, time or zone is malformed.
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
    // Hours that start the evening before may reach into the first date, and a slot of the last date into the next.
    const first = Math.max(epochDay(absence.fromDate), epochDay(from) - 1);
    const end = Math.min(epochDay(absence.toDate), epochDay(to) + 1);
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
 * What closes a slot, or nothing if it may be open: a public holiday on the clinic date of its start (so a night
 * session is closed by the day on which each slot begins), else an absence that shares an instant with it.
 * `absent` comes from {@link absentInstants}. Serves slots of a template and slots added by hand alike.
 */
export function closedBy(
  slot: { readonly startsAt: number; readonly endsAt: number },
  location: ScheduleLocation,
  absent: readonly Interval[],
): ClosedBy | undefined {
  if (location.holidays.has(clinicDateOf(slot.startsAt, location.zone))) return "holiday";
  return overlapsAny(absent, { start: slot.startsAt, end: slot.endsAt }) ? "absence" : undefined;
}
