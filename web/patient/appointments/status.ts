import type { AppointmentStatus } from "#contract/appointments.ts";

export interface StatusWords {
  label: string;
  /** What it means for the patient, where the label does not say it all. */
  text?: string;
  tone: "good" | "warn" | "quiet";
}

/** Each status in the patient's words. */
export const STATUS: Record<AppointmentStatus, StatusWords> = {
  booked: { label: "Booked", tone: "good" },
  moved: { label: "Moved by the clinic", text: "The clinic moved your appointment to this time.", tone: "warn" },
  "to-place": {
    label: "We are finding you a new time",
    text: "This time is no longer possible. You don't need to do anything: we will contact you.",
    tone: "warn",
  },
  cancelled: { label: "Cancelled", tone: "quiet" },
  arrived: { label: "You have arrived", tone: "good" },
  completed: { label: "Completed", tone: "quiet" },
  "no-show": { label: "Missed", tone: "quiet" },
};
