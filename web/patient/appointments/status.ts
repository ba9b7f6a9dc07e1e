import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import type { AppointmentStatus } from "#contract/answers/appointments.ts";

export interface StatusWords {
  label: MessageDescriptor;
  tone: "good" | "warn" | "quiet";
}

/** The words for each status. */
export const STATUS: Record<AppointmentStatus, StatusWords> = {
  booked: { label: msg`Booked`, tone: "good" },
  moved: { label: msg`Moved by the clinic`, tone: "warn" },
  "to-place": { label: msg`Waiting for a new time`, tone: "warn" },
  cancelled: { label: msg`Cancelled`, tone: "quiet" },
  arrived: { label: msg`You have arrived`, tone: "good" },
  completed: { label: msg`Completed`, tone: "quiet" },
  "no-show": { label: msg`Missed`, tone: "quiet" },
};
