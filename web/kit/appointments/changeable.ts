import type { Appointment } from "#contract/answers/appointments.ts";
import { MAY_START_FROM } from "#domain/lifecycle.ts";

/** Whether a patient can change an appointment online; else why not. `over`: there is nothing left to change. */
export type Changeable = "yes" | "frozen" | "spent" | "over";

/** As far as the page can know; the server judges again when it is done. @param now the server's clock */
export function changeable(appointment: Appointment, now: Date): Changeable {
  const { status, changeableUntil, changesLeft } = appointment;
  if (!MAY_START_FROM.reschedule.includes(status)) return "over";
  // Without a time there is nothing that could be too close.
  if (status !== "to-place" && Date.parse(changeableUntil) <= now.getTime()) return "frozen";
  // What the clinic has moved or must place is changed free of the budget.
  return status === "booked" && changesLeft <= 0 ? "spent" : "yes";
}
