import type { AppointmentState } from "#domain/lifecycle.ts";
import type { CalendarChange, CaseReason, Fault } from "./change.ts";
import { decide } from "./decide.ts";
import type { Calendar, SlotPlan, StoredSlot } from "./model.ts";

/** Why an appointment keeps its slot when an operation is undone. */
export interface Kept {
  code:
    | "accepted"
    | "changed"
    | "displaced"
    | "cancelled"
    | "attended"
    | "over"
    | "frozen"
    | "busy"
    | "taken"
    | "gone"
    | "stayed";
}

interface Place {
  readonly doctorId: string;
  readonly locationId: string;
  readonly startsAt: number;
  readonly endsAt: number;
}

/** An appointment before an operation, after it, and now. Instants are epoch milliseconds. */
export interface UndoItem {
  readonly appointmentId: string;
  readonly patientId: string;
  readonly from: Place;
  /** Null if the operation did not decide it. */
  readonly leftVersion: number | null;
  /** The slot the patient had agreed to, if an earlier move by the clinic was unanswered at the operation. */
  readonly unansweredFrom: Place | null;
  /** The slot that the operation moved it to; null if it became a placement case. */
  readonly to: Place | null;
  /** Its slot before the clinic's move that is unanswered now; null unless it is `moved`. */
  readonly movedFrom: Place | null;
  readonly status: AppointmentState;
  readonly version: number;
  /** Its slot with time and location; without a slot, the last ones. */
  readonly slotId: string | null;
  readonly at: Place;
  /** A later operation had moved it. It kept that slot when that operation was undone, and was not moved after that. */
  readonly stayed: boolean;
  /** The patient has another appointment at the former time. */
  readonly busy: boolean;
  /** Another patient holds the slot at the former time. */
  readonly held: boolean;
}

export interface UndoLimits {
  freezeHours: number;
  minNoticeMinutes: number;
}

/** The result of undoing an operation. */
export interface UndoPlan {
  plan: SlotPlan;
  reason: CaseReason;
  /** The appointments that go back, and their slots; null for a slot that the inverse change adds. */
  back: { item: UndoItem; slotId: string | null }[];
  kept: { item: UndoItem; why: Kept }[];
  /** Other appointments that would lose their slot: then nothing is undone. */
  displaced: number;
}

/**
 * Decides what undoing an operation does. `inverse` is the change that undoes its change; `items` are the appointments that
 * it displaced. An unchanged appointment goes back to its former slot, if that slot is free and neither slot is within the
 * freeze. The calendar must hold every slot that the inverse could affect.
 */
export function planUndo(
  calendar: Calendar,
  inverse: CalendarChange,
  items: readonly UndoItem[],
  limits: UndoLimits,
): UndoPlan | { fault: Fault } {
  const judged = items.map((item) => ({ item, why: whyKept(item, calendar.now, limits) }));
  const kept = judged.flatMap(({ item, why }) => (why ? [{ item, why }] : []));
  let going = judged.flatMap(({ item, why }) => (why ? [] : [item]));
  // An appointment that goes back frees its slot for others. If it cannot go back after all, the slot is not free.
  for (;;) {
    const leaving = new Set(going.map(({ slotId }) => slotId));
    const cleared = {
      ...calendar,
      slots: calendar.slots.map((slot) => (leaving.has(slot.id) ? { ...slot, appointment: null } : slot)),
    };
    const decision = decide(cleared, inverse);
    if ("fault" in decision) return decision;
    const { plan, reason } = decision;
    const places = placesAfter(cleared.slots, plan);
    const found = going.map((item) => ({ item, place: places.get(keyOf(item.from)) }));
    const stuck = found.filter(({ item, place }) => !place?.free || item.held);
    if (stuck.length === 0) {
      const displace = new Set(plan.displace);
      const displaced = cleared.slots.filter(
        ({ id, appointment }) => displace.has(id) && appointment && !appointment.settled,
      ).length;
      const back = found.map(({ item, place }) => ({ item, slotId: place?.id ?? null }));
      return { plan, reason, back, kept, displaced };
    }
    const out = new Set(stuck.map(({ item }) => item));
    for (const { item, place } of stuck) kept.push({ item, why: { code: place ? "taken" : "gone" } });
    going = going.filter((item) => !out.has(item));
  }
}

function whyKept(item: UndoItem, now: number, { freezeHours, minNoticeMinutes }: UndoLimits): Kept | null {
  const { status, slotId } = item;
  if (status === "cancelled") return { code: "cancelled" };
  if (status !== "booked" && status !== "moved" && status !== "to-place") return { code: "attended" };
  if (!standsAsLeft(item)) return { code: sinceThen(item) };
  if (item.from.startsAt <= now) return { code: "over" };
  const thawed = now + Math.max(freezeHours * HOUR, minNoticeMinutes * MINUTE);
  if (item.from.startsAt <= thawed || (slotId !== null && item.at.startsAt <= thawed)) return { code: "frozen" };
  return item.busy ? { code: "busy" } : null;
}

/**
 * Whether an appointment is as the operation left it: unchanged since, or put back there by undoing a later operation, still
 * unanswered.
 */
function standsAsLeft({ version, leftVersion, to, at, movedFrom, from, unansweredFrom }: UndoItem): boolean {
  if (leftVersion === null) return false;
  if (version === leftVersion) return true;
  return isAt(to, at) && (isAt(from, movedFrom) || isAt(unansweredFrom, movedFrom));
}

/** The later history of an appointment that an operation moved or made a placement case. */
function sinceThen(item: UndoItem): "accepted" | "changed" | "displaced" | "stayed" {
  const { status, leftVersion, to, at, movedFrom, from, unansweredFrom } = item;
  if (leftVersion === null) return "changed";
  if (status === "to-place") return "displaced";
  if (status === "booked") return isAt(to, at) ? "accepted" : "changed";
  if (![to, from, unansweredFrom].some((place) => isAt(place, movedFrom))) return "changed";
  return item.stayed ? "stayed" : "displaced";
}

function isAt(place: Place | null, other: Place | null): boolean {
  return place !== null && other !== null && keyOf(place) === keyOf(other);
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The open slots after a plan, by location and time; `id` is null for those that it adds. */
function placesAfter(slots: readonly StoredSlot[], plan: SlotPlan) {
  const removed = new Set(plan.remove);
  const set = new Map(plan.set.map((slot) => [slot.id, slot]));
  const after = slots
    .filter(({ id }) => !removed.has(id))
    .map((slot) => ({ ...slot, ...set.get(slot.id), free: slot.appointment === null }));
  const all = [...after, ...plan.add.map((slot) => ({ ...slot, id: null, free: true }))];
  const open = all.filter(({ status }) => status === "open");
  return new Map(open.map((slot) => [keyOf(slot), { id: slot.id, free: slot.free }]));
}

function keyOf({ doctorId, locationId, startsAt, endsAt }: Place): string {
  return `${doctorId} ${locationId} ${startsAt} ${endsAt}`;
}

/** Why an appointment kept its slot, as a sentence for staff. */
export function keptInWords({ code }: Kept): string {
  switch (code) {
    case "accepted":
      return "The patient has agreed to the new time.";
    case "changed":
      return "The patient or staff have chosen another time since.";
    case "displaced":
      return "The clinic has moved it again since; if by an operation, take that one back first.";
    case "stayed":
      return "A later change had moved it on, and it could not go back when that was taken back.";
    case "cancelled":
      return "It has been cancelled.";
    case "attended":
      return "The patient has come, or was marked absent.";
    case "over":
      return "The former time is over.";
    case "frozen":
      return "The former time or the present one is within the freeze.";
    case "busy":
      return "The patient has another appointment at the former time.";
    case "taken":
      return "The former time has been taken in between.";
    case "gone":
      return "There is no open time any more where it was.";
  }
}
