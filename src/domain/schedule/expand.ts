import { clinicDateOf, clinicDates, epochDay } from "#domain/clinic-time.ts";
import type { Interval } from "#domain/interval.ts";
import { absentInstants, closedBy } from "./closure.ts";
import type { Absence, ScheduleException, ScheduleLocation, Session, WantedSlot } from "./model.ts";
import { slotMinutesOf } from "./model.ts";
import { instantsOn, type ReadSession, readSession, startsOn, weeklyFormOf } from "./occurrence.ts";

const MINUTE = 60_000;
/** Maximum number of days of an expansion: a booking horizon is at most two years, and more would take minutes. */
export const MAX_EXPANDED_DAYS = 731;

export interface ExpansionInput {
  /** The weekly sessions of one doctor, at any of the locations. */
  readonly sessions: readonly Session[];
  readonly exceptions: readonly ScheduleException[];
  /** All locations of the sessions and extra sessions. */
  readonly locations: ReadonlyMap<string, ScheduleLocation>;
  readonly doctorSlotMinutes?: number | null;
  readonly policySlotMinutes: number;
  /** Clinic dates `[from, to)` on which the wanted slots start. */
  readonly from: string;
  readonly to: string;
}

export interface Expansion {
  /** Ascending by start, never overlapping. */
  readonly slots: WantedSlot[];
  /**
   * Slots left out because they overlap an earlier one. Empty for everything that `validateTemplate` and
   * `validateExceptions` accept, unless a setting or a zone's rules changed since.
   */
  readonly conflicts: WantedSlot[];
}

/**
 * The slots of a doctor's schedule on the clinic dates `[from, to)`. Without conflicts, expanding a range in parts gives
 * the same slots as expanding it at once.
 *
 * Sessions are wall-clock times, slots are elapsed time. A session is the set of instants at which the location's wall
 * clock shows a time in `[from, to)`. Each unbroken run of them is cut into slots from its start; a shorter rest is left
 * out. When the clocks go forward, the session loses the skipped hour. When they go back, the repeated hour is offered
 * twice, and RFC 3339 offsets distinguish the two. A session that ends within the repeated hour has two runs.
 * @throws RangeError for malformed dates or times, an unknown zone or location, or more than {@link MAX_EXPANDED_DAYS} days.
 * Also for a slot length that is not a positive whole number of minutes.
 */
export function expandSchedule(input: ExpansionInput): Expansion {
  const { exceptions, from, to } = input;
  clinicDates(from, to, MAX_EXPANDED_DAYS);
  const absences = exceptions.filter((exception): exception is Absence => exception.kind === "absence");
  const absentAt = new Map<string, readonly Interval[]>();
  const wanted: WantedSlot[] = [];

  const sessions = [...input.sessions];
  for (const exception of exceptions) if (exception.kind === "extra") sessions.push(weeklyFormOf(exception));

  for (const session of sessions) {
    const location = input.locations.get(session.locationId);
    if (!location) throw new RangeError(`A session names the unknown location "${session.locationId}".`);
    let absent = absentAt.get(session.locationId);
    if (!absent) {
      absent = absentInstants(absences, session.locationId, location.zone, from, to);
      absentAt.set(session.locationId, absent);
    }
    const minutes = slotMinutesOf(session, input.doctorSlotMinutes, input.policySlotMinutes);
    for (const slot of slotsOf(readSession(session), location.zone, minutes, from, to)) {
      const cause = closedBy(slot, location, absent);
      const state = cause === undefined ? { status: "open" as const } : { status: "closed" as const, closedBy: cause };
      wanted.push({ ...slot, locationId: session.locationId, ...state });
    }
  }
  return withoutOverlaps(wanted);
}

type BareSlot = Pick<WantedSlot, "startsAt" | "endsAt" | "date">;

function* slotsOf(session: ReadSession, zone: string, minutes: number, from: string, to: string): Iterable<BareSlot> {
  if (!Number.isInteger(minutes) || minutes < 1) throw new RangeError(`${minutes} is not a slot length in minutes.`);
  const length = minutes * MINUTE;
  // A session of the evening before may have slots that start on the first date.
  const first = Math.max(epochDay(from) - 1, session.firstDay);
  const end = Math.min(epochDay(to), session.endDay);
  for (let day = first; day < end; day++) {
    if (!startsOn(session, day)) continue;
    for (const run of instantsOn(session, day, zone)) {
      for (let startsAt = run.start; startsAt + length <= run.end; startsAt += length) {
        const date = clinicDateOf(startsAt, zone);
        if (from <= date && date < to) yield { startsAt, endsAt: startsAt + length, date };
      }
    }
  }
}

function withoutOverlaps(wanted: WantedSlot[]): Expansion {
  const slots: WantedSlot[] = [];
  const conflicts: WantedSlot[] = [];
  // Array sorting is stable: of two slots that start together the one listed first stays, templates before extras.
  for (const slot of wanted.sort((a, b) => a.startsAt - b.startsAt)) {
    const last = slots.at(-1);
    if (last && slot.startsAt < last.endsAt) conflicts.push(slot);
    else slots.push(slot);
  }
  return { slots, conflicts };
}
