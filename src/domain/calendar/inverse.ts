import { addDays, clinicDateOf } from "#domain/clinic-time.ts";
import type { ScheduleException, Session } from "#domain/schedule/model.ts";
import type { CalendarChange } from "./change.ts";
import type { Calendar } from "./model.ts";
import { isSameSchedule } from "./schedule-change.ts";

/** A thing that a change has changed, and what it was before; null if it was not there. */
export interface ChangedThing {
  id: string;
  before: unknown;
}

/** A holiday as it stands. */
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
 * The change that takes another one back, as far as what that one changed says. Of holidays those go that it added and
 * that still stand (`standing`); a name that it corrected stays correct. Null: there is nothing to take back.
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
      // Only undoing removes several at once, and that is not undone itself.
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

/** Whether there is anything of a change that could be taken back, as far as it is known from the change alone. */
export function isUndoable(change: CalendarChange, changed: readonly ChangedThing[]): boolean {
  const all = changed.map(({ id }) => ({ holidayId: id, locationId: "", date: "" }));
  return inverseOf(change, changed, all) !== null;
}

/** What a change has made is still as it made it: nobody has changed the same thing since. */
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
    // What these made or took away is found by its id, or its place is free; if not, the change back says so.
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

/** What a change is about: whose calendar, where, and on which clinic dates, both included; null: of all, without end. */
export interface Reach {
  doctorId: string | null;
  locationId: string | null;
  from: string | null;
  to: string | null;
}

/** @param zone of the location, for the date of a slot */
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
    : { locationId, from: exception.fromDate, to: addDays(exception.toDate, -1) };
}
