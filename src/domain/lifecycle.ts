/** Every state of an appointment; the words of the wire and of the rows. */
export type AppointmentState = "booked" | "moved" | "to-place" | "cancelled" | "arrived" | "completed" | "no-show";

export type Attendance = "arrived" | "completed" | "no-show";

/** What can be done to an appointment once it exists. */
export type Change = "reschedule" | "place" | "transfer" | "cancel" | "accept" | Attendance;

/**
 * From which states each change may start; everything else is refused naming the state. Attendance has its corrections:
 * somebody marked absent comes after all, and a slip of the finger can be taken back one step.
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
