import { clinicDateOf } from "#domain/clinic-time.ts";
import type { ScheduleException, Session } from "#domain/schedule/model.ts";
import type { CalendarChange } from "./change.ts";
import type { Calendar } from "./model.ts";
import { isSameSchedule } from "./schedule-change.ts";

/** Something that a change has changed, as it was before; null if it did not exist. */
export interface ChangedThing {
  id: string;
  before: unknown;
}

/** A holiday that is stored now. */
export interface StandingHoliday {
  holidayId: string;
  locationId: string;
  date: string;
}

interface SlotBefore {
  doctorId: string;
  locationId: string;
  /** RFC 3339. */
  startsAt: string;
  endsAt: string;
  byHand: "open" | "closed" | "removed" | null;
}

type ExceptionBefore = ScheduleException & { id: string; note: string | null };

/**
 * The change that undoes another one, from what that one changed. Of holidays it removes those that the change added and
 * that still exist (`standing`); a corrected name stays corrected. Null: there is nothing to undo.
 */
export function inverseOf(
  change: CalendarChange,
  changed: readonly ChangedThing[],
  standing: readonly StandingHoliday[],
): CalendarChange | null {
  const [first] = changed;
  if (!first) return null;
  switch (change.kind) {
    case "schedule": {
      const { sessions } = first.before as { sessions: Session[] };
      return { kind: "schedule", doctorId: change.doctorId, sessions };
    }
    case "exception-add":
      return { kind: "exception-remove", doctorId: change.doctorId, exceptionId: first.id };
    case "exception-remove": {
      const { id: _, note, ...exception } = first.before as ExceptionBefore;
      return { kind: "exception-add", doctorId: change.doctorId, exception, note };
    }
    case "slot-add":
      return { kind: "slot-remove", slotId: first.id };
    case "slot-change": {
      const before = first.before as SlotBefore;
      const status = before.byHand === "closed" ? "closed" : "open";
      return { kind: "slot-change", slotId: change.slotId, status, ...timesOf(before) };
    }
    case "slot-remove": {
      const { doctorId, locationId, ...before } = first.before as SlotBefore;
      return { kind: "slot-add", doctorId, locationId, ...timesOf(before) };
    }
    case "holidays-add": {
      const added = new Set(changed.filter(({ before }) => before === null).map(({ id }) => id));
      const days = standing.filter(({ holidayId }) => added.has(holidayId));
      return days.length === 0 ? null : { kind: "holiday-remove", days };
    }
    case "holiday-remove": {
      const [day] = change.days;
      const { name, source } = first.before as { name: string; source: string };
      // Only an undo removes several holidays at once, and an undo cannot be undone.
      if (!day || change.days.length > 1) return null;
      const days = [{ date: day.date, name }];
      return { kind: "holidays-add", locationId: day.locationId, country: null, days, source };
    }
    case "doctor-left": {
      const { leavesOn } = first.before as { leavesOn: string | null };
      return { kind: "doctor-left", doctorId: change.doctorId, from: leavesOn };
    }
  }
}

/** Whether a change could be undone, from the change alone. */
export function isUndoable(change: CalendarChange, changed: readonly ChangedThing[]): boolean {
  const all = changed.map(({ id }) => ({ holidayId: id, locationId: "", date: "" }));
  return inverseOf(change, changed, all) !== null;
}

/** Whether what a change made is still as it made it. */
export function stillStands(calendar: Calendar, change: CalendarChange): boolean {
  switch (change.kind) {
    case "schedule":
      return isSameSchedule(change.sessions, calendar.doctors.get(change.doctorId)?.sessions ?? []);
    case "doctor-left":
      return calendar.doctors.get(change.doctorId)?.leavesOn === change.from;
    case "slot-change": {
      const slot = calendar.slots.find(({ id }) => id === change.slotId);
      const { status, startsAt, endsAt } = change;
      return (
        slot !== undefined &&
        (startsAt === undefined || slot.startsAt === startsAt) &&
        (endsAt === undefined || slot.endsAt === endsAt) &&
        (status === undefined || (status === "closed") === (slot.byHand === "closed"))
      );
    }
    // These are found by their id, or their time is free; otherwise the inverse change is refused.
    case "exception-add":
    case "exception-remove":
    case "slot-add":
    case "slot-remove":
    case "holidays-add":
    case "holiday-remove":
      return true;
  }
}

function timesOf({ startsAt, endsAt }: Pick<SlotBefore, "startsAt" | "endsAt">) {
  return { startsAt: Date.parse(startsAt), endsAt: Date.parse(endsAt) };
}

/** The extent of a change: doctors, locations, and clinic dates, both included. Null: all of them, or no end. */
export interface Reach {
  doctorId: string | null;
  locationId: string | null;
  from: string | null;
  to: string | null;
}

/** @param zone the location's, for the clinic date of a slot */
export function reachOf(change: CalendarChange, changed: readonly ChangedThing[], zone: string): Reach {
  const before = changed[0]?.before;
  const on = (ms: number, doctorId: string, locationId: string): Reach => {
    const date = clinicDateOf(ms, zone);
    return { doctorId, locationId, from: date, to: date };
  };
  switch (change.kind) {
    case "schedule":
      return { doctorId: change.doctorId, locationId: null, from: null, to: null };
    case "doctor-left":
      return { doctorId: change.doctorId, locationId: null, from: change.from, to: null };
    case "exception-add":
      return { doctorId: change.doctorId, ...exceptionReach(change.exception) };
    case "exception-remove":
      return { doctorId: change.doctorId, ...exceptionReach(before as ScheduleException) };
    case "slot-add":
      return on(change.startsAt, change.doctorId, change.locationId);
    case "slot-change":
    case "slot-remove": {
      const { startsAt, doctorId, locationId } = before as SlotBefore;
      return on(Date.parse(startsAt), doctorId, locationId);
    }
    case "holidays-add":
    case "holiday-remove": {
      const dates = change.days.map(({ date }) => date).toSorted();
      const places = new Set(
        change.kind === "holidays-add" ? [change.locationId] : change.days.map((x) => x.locationId),
      );
      const [locationId = null] = places.size === 1 ? places : [];
      return { doctorId: null, locationId, from: dates[0] ?? null, to: dates.at(-1) ?? null };
    }
  }
}

function exceptionReach(exception: ScheduleException): Omit<Reach, "doctorId"> {
  const locationId = exception.locationId ?? null;
  return exception.kind === "extra"
    ? { locationId, from: exception.date, to: exception.date }
    : { locationId, from: exception.fromDate, to: exception.toDate };
}
