import type { AppointmentStatus } from "#contract/appointments.ts";

export interface StatusWords {
  label: string;
  tone: "good" | "warn" | "quiet";
}

/** Each status in the patient's words. */
export const STATUS: Record<AppointmentStatus, StatusWords> = {
  booked: { label: "Booked", tone: "good" },
  moved: { label: "Moved by the clinic", tone: "warn" },
  "to-place": { label: "Waiting for a new time", tone: "warn" },
  cancelled: { label: "Cancelled", tone: "quiet" },
  arrived: { label: "You have arrived", tone: "good" },
  completed: { label: "Completed", tone: "quiet" },
  "no-show": { label: "Missed", tone: "quiet" },
};
