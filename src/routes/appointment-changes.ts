import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import * as z from "zod/v4";
import {
  AcceptAppointment,
  Appointment,
  CancelAppointment,
  HandOverAppointment,
  IfMatch,
  MarkAttendance,
  RescheduleAppointment,
} from "#contract/appointments.ts";
import { Id } from "#contract/common.ts";
import type { ProblemCode } from "#contract/problem.ts";
import type { AppointmentRow } from "#db/queries/appointments.ts";
import { accept } from "#db/transactions/accept.ts";
import { attend } from "#db/transactions/attend.ts";
import { cancel } from "#db/transactions/cancel.ts";
import { handOver } from "#db/transactions/hand-over.ts";
import { reschedule } from "#db/transactions/reschedule.ts";
import type { Refusal } from "#db/transactions/subject.ts";
import type { Outcome } from "#db/verb.ts";
import type { App } from "#src/context.ts";
import { ProblemError } from "#src/problem.ts";
import { actOf, commit, overrideOf, versionsOf } from "./middleware/act.ts";
import { authenticate } from "./middleware/authenticate.ts";
import { appointmentOf } from "./middleware/present.ts";
import { refusalOf } from "./middleware/refusal.ts";
import { relay } from "./middleware/relay.ts";
import { body, json, problems, router } from "./middleware/router.ts";

const params = z.object({ id: Id });

/** What every change can be answered with, besides its own refusals. */
function answers(description: string, ...codes: ProblemCode[]) {
  return {
    200: { ...json(Appointment, description), headers: z.object({ ETag: z.string() }) },
    ...problems(
      "unauthenticated",
      "forbidden",
      "not-found",
      "wrong-state",
      ...codes,
      "idempotency-in-flight",
      "version-conflict",
      "unsupported-media-type",
      "idempotency-key-reused",
      "precondition-required",
    ),
  };
}

const rescheduleAppointment = createRoute({
  method: "post",
  path: "/appointments/{id}/reschedule",
  operationId: "rescheduleAppointment",
  tags: ["Appointments"],
  summary: "Move an appointment into a held slot, or change nothing",
  middleware: authenticate("patient", "staff"),
  request: { params, headers: IfMatch, body: body(RescheduleAppointment) },
  responses: answers("Moved", "frozen", "change-budget-spent", "hold-expired", "overlaps-own-appointment"),
});

const cancelAppointment = createRoute({
  method: "post",
  path: "/appointments/{id}/cancel",
  operationId: "cancelAppointment",
  tags: ["Appointments"],
  summary: "Cancel an appointment and free its slot",
  middleware: authenticate("patient", "staff"),
  request: { params, headers: IfMatch, body: { ...body(CancelAppointment), required: false } },
  responses: answers("Cancelled", "frozen"),
});

const acceptAppointment = createRoute({
  method: "post",
  path: "/appointments/{id}/accept",
  operationId: "acceptAppointment",
  tags: ["Appointments"],
  summary: "Agree to a move that the clinic made",
  middleware: authenticate("patient", "staff"),
  request: { params, headers: IfMatch, body: { ...body(AcceptAppointment), required: false } },
  responses: answers("Agreed"),
});

const handOverAppointment = createRoute({
  method: "post",
  path: "/appointments/{id}/hand-over",
  operationId: "handOverAppointment",
  tags: ["Appointments"],
  summary: "Give an appointment to another patient; both are told",
  middleware: authenticate("staff"),
  request: { params, headers: IfMatch, body: body(HandOverAppointment) },
  responses: answers("Handed over", "overlaps-own-appointment"),
});

const markAttendance = createRoute({
  method: "post",
  path: "/appointments/{id}/attendance",
  operationId: "markAttendance",
  tags: ["Appointments"],
  summary: "Mark that a patient has arrived, has been seen, or did not come",
  middleware: authenticate("doctor", "staff"),
  request: { params, headers: IfMatch, body: body(MarkAttendance) },
  responses: answers("Marked"),
});

export const appointmentChanges = router()
  .openapi(rescheduleAppointment, async (c) => {
    const { holdId, patientId = null, override } = c.req.valid("json");
    const subject = { appointmentId: c.req.valid("param").id, versions: versionsOf(c) };
    const input = { ...subject, holdId, patientId, override: overrideOf(c, override) };
    const act = await actOf(c, c.req.valid("json"));
    return answer(c, reschedule(c.get("services").db, act, input));
  })
  .openapi(cancelAppointment, async (c) => {
    const { reason: given, patientId = null, override } = c.req.valid("json");
    if (given && given.by !== "patient" && c.get("caller").role === "patient") {
      throw new ProblemError("forbidden", { detail: "Patients can give their own reason only." });
    }
    const subject = { appointmentId: c.req.valid("param").id, versions: versionsOf(c) };
    const { by, code, note = null } = given ?? { by: "patient", code: "unspecified" };
    const input = { ...subject, reason: { by, code, note }, patientId, override: overrideOf(c, override) };
    const act = await actOf(c, c.req.valid("json"));
    return answer(c, cancel(c.get("services").db, act, input));
  })
  .openapi(acceptAppointment, async (c) => {
    const { patientId = null } = c.req.valid("json");
    const subject = { appointmentId: c.req.valid("param").id, versions: versionsOf(c) };
    const act = await actOf(c, c.req.valid("json"));
    return answer(c, accept(c.get("services").db, act, { ...subject, patientId }));
  })
  .openapi(handOverAppointment, async (c) => {
    const { patientId: heirId, override } = c.req.valid("json");
    const subject = { appointmentId: c.req.valid("param").id, versions: versionsOf(c) };
    const act = await actOf(c, c.req.valid("json"));
    const verb = handOver(c.get("services").db, act, { ...subject, heirId, override: override ?? null });
    const outcome = await commit(c, verb);
    if (outcome.kind === "done") return changed(c, outcome);
    const { why } = outcome;
    if (why?.code !== "no-such-patient") throw refusalOf(c, { ...outcome, why });
    const errors = [{ pointer: "/patientId", detail: "Another patient, whose record is active" }];
    throw new ProblemError("invalid-request", { errors });
  })
  .openapi(markAttendance, async (c) => {
    const { status } = c.req.valid("json");
    const subject = { appointmentId: c.req.valid("param").id, versions: versionsOf(c) };
    const act = await actOf(c, c.req.valid("json"));
    return answer(c, attend(c.get("services").db, act, { ...subject, status }));
  });

/** The changed appointment with its new ETag, the same on a replay; or why nothing changed. */
async function answer(c: Context<App>, verb: Promise<Outcome<AppointmentRow, Refusal>>) {
  const outcome = await commit(c, verb);
  if (outcome.kind === "refused") throw refusalOf(c, outcome);
  return changed(c, outcome);
}

function changed(c: Context<App>, outcome: Extract<Outcome<AppointmentRow>, { kind: "done" }>) {
  relay(c, outcome.result.id, outcome.dueAt);
  const headers = { ETag: `"${outcome.result.version}"` };
  return c.json(appointmentOf(outcome.result, c.get("caller").role), 200, headers);
}
