import type { APPOINTMENT_STATUSES } from "./closed-lists.ts";

/** The states of an appointment, in the API and in the database. */
export type AppointmentState = (typeof APPOINTMENT_STATUSES)[number];

export type Attendance = "arrived" | "completed" | "no-show";

/** The changes of an existing appointment. */
export type Change = "reschedule" | "place" | "transfer" | "cancel" | "accept" | Attendance;

/**
 * The states from which each change may start; from any other it is refused, and the refusal names the state. Attendance can
 * be corrected: a patient marked as no-show arrives later, or staff made a mistake.
 */
export const MAY_START_FROM: Record<Change, readonly AppointmentState[]> = {
  reschedule: ["booked", "moved", "to-place"],
  place: ["booked", "moved", "to-place"],
  transfer: ["booked", "moved", "to-place"],
  cancel: ["booked", "moved", "to-place"],
  accept: ["moved"],
  arrived: ["booked", "moved", "no-show", "completed"],
  completed: ["arrived"],
  "no-show": ["booked", "moved", "arrived"],
};
