import { LONGEST_SLOT, SHORTEST_SLOT } from "./model.ts";

/** What is wrong with a change of the clinic calendar, in a closed list: apps have words for each. */
export const FAULT_CODES = [
  "too-many",
  "bad-weekday",
  "bad-time",
  "bad-date",
  "date-out-of-bounds",
  "inverted",
  "too-long",
  "bad-slot-length",
  "not-a-multiple",
  "unknown-location",
  "unknown-zone",
  "unknown-doctor",
  "never",
  "overlap",
  "past",
  "too-far",
  "holiday",
  "absent",
  "left",
  "inactive",
  "begun",
] as const;
export type FaultCode = (typeof FAULT_CODES)[number];

/** One fault of a schedule, for `errors[]` of a problem. */
export interface ScheduleIssue {
  /** JSON Pointer (RFC 6901) into the list that was validated, such as `/3/from`. */
  readonly pointer: string;
  readonly code: FaultCode;
  /** A plain English sentence. */
  readonly message: string;
  /** With `not-a-multiple`: slot lengths, in minutes, that fit. */
  readonly validSlotMinutes?: readonly number[];
}

/** The slot lengths (5 to 120 minutes) that divide a session of `minutes` without a rest, ascending. */
export function validSlotMinutes(sessionMinutes: number): number[] {
  const lengths: number[] = [];
  for (let minutes = SHORTEST_SLOT; minutes <= Math.min(LONGEST_SLOT, sessionMinutes); minutes++) {
    if (sessionMinutes % minutes === 0) lengths.push(minutes);
  }
  return lengths;
}

/** An issue without further members. */
export function issue(pointer: string, code: ScheduleIssue["code"], message: string): ScheduleIssue {
  return { pointer, code, message };
}
