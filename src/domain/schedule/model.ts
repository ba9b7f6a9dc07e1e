/**
 * The types of a schedule. All times `HH:MM` are wall-clock times of the location's zone. "24:00" is the end of the day,
 * and a `to` that is earlier than `from` is on the next day. `toDate` is the last date of an absence. `validTo` is the first
 * date on which a session no longer applies (the API answers the date before). Slots are epoch milliseconds.
 */

/** A weekly session of one doctor at one location. */
export interface Session {
  /** ISO weekday on which the session starts: 1 Monday ... 7 Sunday. */
  readonly weekday: number;
  readonly from: string;
  readonly to: string;
  /** Slot length in minutes; default: the doctor's, then the policy's. */
  readonly slotMinutes?: number | null;
  /** First date on which the session may start. */
  readonly validFrom: string;
  /** First date on which it no longer starts; without it the session has no end. */
  readonly validTo?: string | null;
  readonly locationId: string;
}

/**
 * A doctor's absence from `fromDate` to `toDate`, both included: the whole days, or the hours `[from, to)` of each of them.
 */
export interface Absence {
  readonly kind: "absence";
  readonly fromDate: string;
  readonly toDate: string;
  /** Both hours or neither. */
  readonly from?: string | null;
  readonly to?: string | null;
  /** Only at this location; default: at all locations. */
  readonly locationId?: string | null;
}

/** One additional session that starts on `date`. An absence at the same time still closes it. */
export interface ExtraSession {
  readonly kind: "extra";
  readonly date: string;
  readonly from: string;
  readonly to: string;
  readonly slotMinutes?: number | null;
  readonly locationId: string;
}

export type ScheduleException = Absence | ExtraSession;

export interface ScheduleLocation {
  /** IANA time zone. */
  readonly zone: string;
  /** Clinic dates on which this location is closed. */
  readonly holidays: ReadonlySet<string>;
}

export type ClosedBy = "holiday" | "absence";

/** A slot of the schedule. */
export interface WantedSlot {
  /** Epoch milliseconds. */
  readonly startsAt: number;
  /** Epoch milliseconds, exclusive; exactly the slot length of elapsed time after `startsAt`. */
  readonly endsAt: number;
  /** Clinic date of the start. */
  readonly date: string;
  readonly locationId: string;
  readonly status: "open" | "closed";
  /** Present only if closed. A holiday wins over an absence. */
  readonly closedBy?: ClosedBy;
}

/** Bounds of a slot length, in minutes. */
export const SHORTEST_SLOT = 5;
export const LONGEST_SLOT = 120;

/** The slot length of a session in minutes: its own, else the doctor's, else the policy's. */
export function slotMinutesOf(
  session: { readonly slotMinutes?: number | null },
  doctorSlotMinutes: number | null | undefined,
  policySlotMinutes: number,
): number {
  return session.slotMinutes ?? doctorSlotMinutes ?? policySlotMinutes;
}
