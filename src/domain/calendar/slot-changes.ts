import type { FaultCode } from "#domain/schedule/issue.ts";
import { addDays, clinicDateOf, formatInstant } from "#domain/clinic-time.ts";
import { overlaps } from "#domain/interval.ts";
import { LONGEST_SLOT, SHORTEST_SLOT } from "#domain/schedule/model.ts";
import type { CalendarChange, Decision, Fault, FieldFault } from "./change.ts";
import { bare, closuresOf } from "./closures.ts";
import type { Calendar, NewSlot, SlotPlan, StoredSlot } from "./model.ts";
import { isSettled, NO_PLAN } from "./model.ts";
import { keyOf, wantedSlots } from "./reexpand.ts";

type Added = Extract<CalendarChange, { kind: "slot-add" }>;
type Changed = Extract<CalendarChange, { kind: "slot-change" }>;
type Removed = Extract<CalendarChange, { kind: "slot-remove" }>;

const MINUTE = 60_000;
/** How far ahead a single slot may be, days: two years, like the longest expansion. */
const FURTHEST_DAYS = 731;

/** Adds a slot by hand. Refused where it could not be offered: in the past, on a holiday, over another slot. */
export function planSlotAdded(calendar: Calendar, { doctorId, locationId, startsAt, endsAt }: Added): Decision {
  const location = calendar.locations.get(locationId);
  if (!calendar.doctors.has(doctorId))
    return invalid("/doctorId", "unknown-doctor", `There is no doctor "${doctorId}".`);
  if (!location) return invalid("/locationId", "unknown-location", `There is no location "${locationId}".`);
  const early = timeFaults(calendar, startsAt, endsAt);
  if (early.length > 0) return { fault: { code: "invalid-request", errors: early } };
  const slot: NewSlot = {
    doctorId,
    locationId,
    startsAt,
    endsAt,
    date: clinicDateOf(startsAt, location.zone),
    status: "open",
    closedBy: null,
    byHand: "open",
    origin: "staff",
  };
  const fault = placeFault(calendar, slot, null);
  if (fault) return { fault };
  return { plan: { ...NO_PLAN, add: [slot] }, reason: "slot-moved" };
}

/** Closes, opens or moves a slot. An appointment in a slot that closes or moves must get another one. */
export function planSlotChanged(calendar: Calendar, change: Changed): Decision {
  const slot = find(calendar, change.slotId);
  if (!slot) return { fault: { code: "not-found" } };
  const startsAt = change.startsAt ?? slot.startsAt;
  // A slot whose start alone changes keeps its length.
  const endsAt =
    change.endsAt ?? (change.startsAt === undefined ? slot.endsAt : startsAt + slot.endsAt - slot.startsAt);
  const moves = startsAt !== slot.startsAt || endsAt !== slot.endsAt;
  // A slot that a holiday or an absence closes counts as open: at another time it can be offered.
  const status = change.status ?? (slot.byHand === "closed" ? "closed" : "open");
  const isSo = status === "open" ? slot.status === "open" : slot.byHand === "closed";
  if (!moves && (isSo || change.status === undefined)) return { plan: NO_PLAN, reason: "slot-closed" };
  if (isSettled(slot, calendar.now)) return begun(slot, calendar);
  if (moves) {
    const errors = timeFaults(calendar, startsAt, endsAt);
    if (errors.length > 0) return { fault: { code: "invalid-request", errors } };
  }
  const zone = calendar.locations.get(slot.locationId)?.zone ?? "UTC";
  const target = { ...bare(slot), startsAt, endsAt, date: moves ? clinicDateOf(startsAt, zone) : slot.date };
  if (status === "closed") {
    const set = [
      { ...target, ...(moves ? BY_STAFF : {}), status, closedBy: "staff" as const, byHand: "closed" as const },
    ];
    return { plan: planOf(slot, set, moves), reason: moves ? "slot-moved" : "slot-closed" };
  }
  const [cause] = closuresOf(calendar)(target);
  if (cause && !moves) {
    const [why, what] =
      cause === "holiday"
        ? (["holiday", "It is a public holiday there."] as const)
        : (["absent", "The doctor is absent."] as const);
    const detail = `${what} Change that to open the slot.`;
    return { fault: { code: "wrong-state", current: "closed", detail, why } };
  }
  const fault = placeFault(calendar, target, slot.id);
  if (fault) return { fault };
  // A schedule's slot that is opened again belongs to the schedule again.
  const byHand = !moves && isWanted(calendar, slot) ? null : ("open" as const);
  const set = [{ ...target, ...(moves ? BY_STAFF : {}), status, closedBy: null, byHand }];
  return { plan: planOf(slot, set, moves), reason: "slot-moved" };
}

/** Deletes a slot. For a schedule's slot a mark stays, so that the schedule does not add it again. */
export function planSlotRemoved(calendar: Calendar, { slotId }: Removed): Decision {
  const slot = find(calendar, slotId);
  if (!slot) return { fault: { code: "not-found" } };
  if (isSettled(slot, calendar.now)) return begun(slot, calendar);
  const plan: SlotPlan =
    slot.origin === "staff"
      ? { ...NO_PLAN, remove: [slot.id], displace: [slot.id] }
      : { ...NO_PLAN, set: [{ ...bare(slot), ...REMOVED }], displace: [slot.id] };
  return { plan, reason: "slot-removed" };
}

const BY_STAFF = { origin: "staff" } as const;
const REMOVED = { status: "closed", closedBy: "removed", byHand: "removed" } as const;

function planOf(slot: StoredSlot, set: SlotPlan["set"], moves: boolean): SlotPlan {
  const { id: _, ...place } = bare(slot);
  const loses = moves || set.some(({ status }) => status === "closed");
  const mark = moves && slot.origin !== "staff" ? [{ ...place, ...REMOVED }] : [];
  return { add: mark, set, remove: [], displace: loses ? [slot.id] : [] };
}

/** Finds a slot by its id; marks of deleted slots are not found. */
function find(calendar: Calendar, slotId: string): StoredSlot | undefined {
  return calendar.slots.find(({ id, byHand }) => id === slotId && byHand !== "removed");
}

function begun(slot: StoredSlot, calendar: Calendar): Decision {
  const current = slot.startsAt <= calendar.now ? "begun" : "attended";
  const detail = "What has begun or taken place is not changed any more.";
  return { fault: { code: "wrong-state", current, detail, why: "begun" } };
}

function isWanted(calendar: Calendar, slot: StoredSlot): boolean {
  const doctor = calendar.doctors.get(slot.doctorId);
  const key = keyOf(slot);
  return (
    doctor !== undefined &&
    wantedSlots(calendar, doctor, slot.date, addDays(slot.date, 1)).some((one) => keyOf(one) === key)
  );
}

function timeFaults(calendar: Calendar, startsAt: number, endsAt: number): FieldFault[] {
  const errors: FieldFault[] = [];
  const minutes = (endsAt - startsAt) / MINUTE;
  const start = (why: FaultCode, detail: string) => errors.push({ pointer: "/startsAt", detail, why });
  if (startsAt % MINUTE !== 0) start("bad-time", "A slot starts on a whole minute.");
  if (startsAt <= calendar.now) start("past", "The start is in the past.");
  if (startsAt > calendar.now + FURTHEST_DAYS * 1440 * MINUTE) {
    start("too-far", "The start is more than two years ahead.");
  }
  if (minutes <= 0) {
    errors.push({ pointer: "/endsAt", detail: "The end must be after the start.", why: "inverted" });
  } else if (!Number.isInteger(minutes) || minutes < SHORTEST_SLOT || minutes > LONGEST_SLOT) {
    const detail = `A slot lasts ${SHORTEST_SLOT} to ${LONGEST_SLOT} whole minutes, not ${minutes}.`;
    errors.push({ pointer: "/endsAt", detail, why: "bad-slot-length" });
  }
  return errors;
}

/** Why a slot cannot be open at that time: a holiday, an absence, or another slot, open or closed. */
function placeFault(calendar: Calendar, slot: NewSlot, ownId: string | null): Fault | null {
  const [cause] = closuresOf(calendar)(slot);
  if (cause === "holiday") return at("invalid-request", "holiday", `${slot.date} is a public holiday there.`);
  if (cause === "absence") return at("invalid-request", "absent", "The doctor is absent at that time.");
  const rival = calendar.slots.find(
    (other) =>
      other.doctorId === slot.doctorId &&
      other.id !== ownId &&
      (other.appointment !== null || (other.byHand !== "removed" && other.byHand !== "closed")) &&
      overlaps({ start: other.startsAt, end: other.endsAt }, { start: slot.startsAt, end: slot.endsAt }),
  );
  if (!rival) return null;
  const zone = calendar.locations.get(rival.locationId)?.zone ?? "UTC";
  const times = `${formatInstant(rival.startsAt, zone)} to ${formatInstant(rival.endsAt, zone)}`;
  return at("duplicate", "overlap", `The doctor has another slot then, from ${times}.`);
}

function at(code: "invalid-request" | "duplicate", why: FaultCode, detail: string): Fault {
  return { code, errors: [{ pointer: "/startsAt", detail, why }] };
}

function invalid(pointer: string, why: FaultCode, detail: string): Decision {
  return { fault: { code: "invalid-request", errors: [{ pointer, detail, why }] } };
}
