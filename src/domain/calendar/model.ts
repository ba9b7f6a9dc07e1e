import type { CLOSED_BY, HAND_MARKS } from "#domain/closed-lists.ts";
import type { ScheduleException, Session } from "#domain/schedule/model.ts";

/** Staff's decision about a single slot. */
export type HandMark = (typeof HAND_MARKS)[number];

export type ClosedReason = (typeof CLOSED_BY)[number];

/** A stored slot with its appointment. Instants are epoch milliseconds. */
export interface StoredSlot {
  readonly id: string;
  readonly doctorId: string;
  readonly locationId: string;
  readonly startsAt: number;
  readonly endsAt: number;
  /** Clinic date of the start. */
  readonly date: string;
  readonly status: "open" | "closed";
  readonly closedBy: ClosedReason | null;
  readonly byHand: HandMark | null;
  readonly origin: "template" | "extra" | "staff";
  readonly appointment: {
    readonly id: string;
    readonly version: number;
    readonly patientId: string;
    /** The patient has arrived, or the visit is over. */
    readonly settled: boolean;
  } | null;
}

export interface CalendarLocation {
  readonly id: string;
  readonly zone: string;
  readonly country: string;
  /** Clinic dates on which it is closed. */
  readonly holidays: ReadonlySet<string>;
}

export type StoredException = ScheduleException & { readonly id: string; readonly note: string | null };

export interface CalendarDoctor {
  readonly id: string;
  readonly slotMinutes: number | null;
  readonly scheduleVersion: number;
  /** The record is not switched off. */
  readonly active: boolean;
  /** The first clinic date on which the doctor no longer works here; null if the doctor stays. */
  readonly leavesOn: string | null;
  readonly sessions: readonly Session[];
  /** Exceptions that are not over. */
  readonly exceptions: readonly StoredException[];
}

/** Everything that a change of the clinic calendar is decided from, read at one moment. */
export interface Calendar {
  /** The database's clock, epoch milliseconds. */
  readonly now: number;
  /** Today's clinic date. */
  readonly today: string;
  readonly policySlotMinutes: number;
  readonly horizonDays: number;
  readonly locations: ReadonlyMap<string, CalendarLocation>;
  readonly doctors: ReadonlyMap<string, CalendarDoctor>;
  /** Slots that the change could affect and that have not ended. */
  readonly slots: readonly StoredSlot[];
}

/** A slot to insert. */
export type NewSlot = Omit<StoredSlot, "id" | "appointment">;

/** The changes to the slots, and those slots whose appointments must get another one. */
export interface SlotPlan {
  readonly add: readonly NewSlot[];
  /** Changed slots, with their new values. */
  readonly set: readonly (NewSlot & { readonly id: string })[];
  readonly remove: readonly string[];
  /** Ids of changed or removed slots whose appointment and hold end. */
  readonly displace: readonly string[];
}

export const NO_PLAN: SlotPlan = { add: [], set: [], remove: [], displace: [] };

/** True if no change may affect the slot: it has begun, or its patient has arrived. */
export function isSettled(slot: StoredSlot, now: number): boolean {
  return slot.startsAt <= now || (slot.appointment?.settled ?? false);
}
