import type { ClosedBy, ScheduleException, Session } from "#domain/schedule/model.ts";

/** What staff made of a slot by hand; `removed` is the mark left where a slot of the schedule was deleted or moved. */
export type HandMark = "open" | "closed" | "removed";

export type ClosedReason = ClosedBy | "staff" | "removed";

/** A stored slot, with what stands on it. Instants are epoch milliseconds. */
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
    /** The patient has come, or the visit is over: it is history. */
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
  /** The first clinic date on which they no longer work here; null while they stay. */
  readonly leavesOn: string | null;
  readonly sessions: readonly Session[];
  /** Those that are not over. */
  readonly exceptions: readonly StoredException[];
}

/** All that a change of the clinic's calendar is decided from, as the database has it at one moment. */
export interface Calendar {
  /** The database's clock, epoch milliseconds. */
  readonly now: number;
  /** The clinic's date of today. */
  readonly today: string;
  readonly policySlotMinutes: number;
  readonly horizonDays: number;
  readonly locations: ReadonlyMap<string, CalendarLocation>;
  readonly doctors: ReadonlyMap<string, CalendarDoctor>;
  /** The slots in question that have not ended. */
  readonly slots: readonly StoredSlot[];
}

/** A slot to be inserted. */
export type NewSlot = Omit<StoredSlot, "id" | "appointment">;

/** What is to be done to the slots, and which of them nobody can keep: bookings on those must be placed anew. */
export interface SlotPlan {
  readonly add: readonly NewSlot[];
  /** Slots that change, as they are to be. */
  readonly set: readonly (NewSlot & { readonly id: string })[];
  readonly remove: readonly string[];
  /** Ids of changed or removed slots whose appointment and hold cannot stay. */
  readonly displace: readonly string[];
}

export const NO_PLAN: SlotPlan = { add: [], set: [], remove: [], displace: [] };

/** A slot that nothing may touch: it has begun, or its patient has come. */
export function isSettled(slot: StoredSlot, now: number): boolean {
  return slot.startsAt <= now || (slot.appointment?.settled ?? false);
}
