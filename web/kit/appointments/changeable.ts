import type { Appointment } from "#contract/answers/appointments.ts";
import { MAY_START_FROM } from "#domain/lifecycle.ts";

/** Whether a patient can change an appointment online, or why not. `over`: the appointment is past or cancelled. */
export type Changeable = "yes" | "frozen" | "spent" | "over";

/** The page's judgement; the server decides again at the change. @param now the server's clock */
export function changeable(appointment: Appointment, now: Date): Changeable {
  const { status, changeableUntil, changesLeft } = appointment;
  if (!MAY_START_FROM.reschedule.includes(status)) return "over";
  // An appointment without a time is never too close.
  if (status !== "to-place" && Date.parse(changeableUntil) <= now.getTime()) return "frozen";
  // Appointments that the clinic moved or must place do not use the budget.
  return status === "booked" && changesLeft <= 0 ? "spent" : "yes";
}
