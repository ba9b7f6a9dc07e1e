import type { Context } from "hono";
import type { AppointmentRow } from "#db/queries/appointments.ts";
import type { Refusal } from "#db/refusal.ts";
import type { Outcome } from "#db/call.ts";
import type { App } from "#src/context.ts";
import { commit } from "#http/act.ts";
import { appointmentOf } from "#http/presenters/rows.ts";
import { problemOf } from "#http/problems/refusal.ts";
import { scheduleNotification } from "#http/schedule-notification.ts";
import { etagOf } from "#http/etag.ts";

/** The changed appointment with its new ETag, the same on a replay; or why nothing changed. */
export async function answerAppointment(c: Context<App>, verb: Promise<Outcome<AppointmentRow, Refusal>>) {
  const outcome = await commit(c, verb);
  if (outcome.kind === "refused") throw problemOf(c, outcome.why);
  return changedAppointment(c, outcome);
}

/** The same, where the verb has been found done. */
export function changedAppointment(c: Context<App>, done: Extract<Outcome<AppointmentRow>, { kind: "done" }>) {
  const { result, dueAt } = done;
  scheduleNotification(c, result.id, dueAt);
  return c.json(appointmentOf(result, c.get("caller").role), 200, etagOf(result));
}
