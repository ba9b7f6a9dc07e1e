import { addDays } from "#domain/clinic-time.ts";
import { type Interval, overlapsAny } from "#domain/interval.ts";
import { absentInstants } from "#domain/schedule/closure.ts";
import type { Absence, ClosedBy } from "#domain/schedule/model.ts";
import type { Calendar, CalendarDoctor, ClosedReason, NewSlot, SlotPlan, StoredSlot } from "./model.ts";
import { isSettled } from "./model.ts";

type Placed = Pick<StoredSlot, "doctorId" | "locationId" | "startsAt" | "endsAt" | "date">;

/** A function that says what closes a slot: a holiday, an absence, or nothing. It remembers each doctor's absences. */
export function closuresOf(calendar: Calendar): (slot: Placed) => ClosedBy[] {
  const known = new Map<string, readonly Interval[]>();
  const absentAt = (slot: Placed): readonly Interval[] => {
    const key = `${slot.doctorId} ${slot.locationId} ${slot.date}`;
    let instants = known.get(key);
    if (!instants) {
      const zone = calendar.locations.get(slot.locationId)?.zone ?? "UTC";
      const absences = absencesOf(calendar.doctors.get(slot.doctorId));
      instants = absentInstants(absences, slot.locationId, zone, slot.date, addDays(slot.date, 1));
      known.set(key, instants);
    }
    return instants;
  };
  return (slot) => {
    const causes: ClosedBy[] = [];
    if (calendar.locations.get(slot.locationId)?.holidays.has(slot.date)) causes.push("holiday");
    const away = hasLeft(calendar.doctors.get(slot.doctorId), slot.date);
    if (away || overlapsAny(absentAt(slot), { start: slot.startsAt, end: slot.endsAt })) causes.push("absence");
    return causes;
  };
}

/** True if the doctor no longer works here on that clinic date. */
export function hasLeft(doctor: Pick<CalendarDoctor, "leavesOn"> | undefined, date: string): boolean {
  const leavesOn = doctor?.leavesOn ?? null;
  return leavesOn !== null && date >= leavesOn;
}

function absencesOf(doctor: CalendarDoctor | undefined): Absence[] {
  return (doctor?.exceptions ?? []).filter(
    (one): one is Absence & { id: string; note: null } => one.kind === "absence",
  );
}

/** The status of a slot, given what closes it. Staff's own decision about the slot wins, then a holiday, then an absence. */
export function stateOf(byHand: StoredSlot["byHand"], causes: readonly ClosedBy[]) {
  const closedBy: ClosedReason | null =
    byHand === "closed" ? "staff" : byHand === "removed" ? "removed" : (causes[0] ?? null);
  return { status: closedBy === null ? ("open" as const) : ("closed" as const), closedBy };
}

/**
 * Opens and closes slots by the holidays and absences after a change. It adds and removes none, and leaves settled slots as
 * they are. An appointment loses a slot that gets a new cause for closing. That holds even if staff had booked it into the
 * closed slot.
 */
export function planClosures(before: Calendar, after: Calendar): SlotPlan {
  const causesBefore = closuresOf(before);
  const causesAfter = closuresOf(after);
  const set: SlotPlan["set"][number][] = [];
  const displace: string[] = [];
  for (const slot of before.slots) {
    if (isSettled(slot, before.now)) continue;
    const causes = causesAfter(slot);
    const state = stateOf(slot.byHand, causes);
    const were = causesBefore(slot);
    const isNew = causes.some((cause) => !were.includes(cause));
    const closes = slot.status === "open" && state.status === "closed";
    const loses = closes || (isNew && slot.appointment !== null);
    if (loses || state.status !== slot.status || state.closedBy !== slot.closedBy) {
      set.push({ ...bare(slot), id: slot.id, ...state });
    }
    if (loses) displace.push(slot.id);
  }
  return { add: [], set, remove: [], displace };
}

/** A stored slot without its appointment. */
export function bare(slot: StoredSlot): NewSlot & { id: string } {
  const { appointment: _, ...rest } = slot;
  return rest;
}
