import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import * as z from "zod/v4";
import {
  AcceptAppointment,
  Appointment,
  CancelAppointment,
  TransferAppointment,
  IfMatch,
  MarkAttendance,
  RescheduleAppointment,
} from "#contract/appointments.ts";
import { Id } from "#contract/common.ts";
import type { ProblemCode } from "#contract/problem.ts";
import { accept } from "#db/transactions/accept.ts";
import { attend } from "#db/transactions/attend.ts";
import { cancel } from "#db/transactions/cancel.ts";
import { transfer } from "#db/transactions/transfer.ts";
import { reschedule } from "#db/transactions/reschedule.ts";
import type { Subject } from "#db/transactions/subject.ts";
import type { App } from "#src/context.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { actOf, commit, overrideOf, versionsOf } from "#http/act.ts";
import { authenticate } from "#http/middleware/authenticate.ts";
import { answerAppointment, changedAppointment } from "#http/answer-appointment.ts";
import { refusalOf } from "#http/problems/refusal.ts";
import { body, router } from "#http/router.ts";
import { versioned, versionedProblems } from "#http/etag.ts";

const params = z.object({ id: Id });

/** What every change can be answered with, besides its own refusals. */
function answers(description: string, ...codes: ProblemCode[]) {
  return {
    200: versioned(Appointment, description),
    ...versionedProblems("not-found", "wrong-state", ...codes),
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

const transferAppointment = createRoute({
  method: "post",
  path: "/appointments/{id}/transfer",
  operationId: "transferAppointment",
  tags: ["Appointments"],
  summary: "Transfer an appointment to another patient; both are notified",
  middleware: authenticate("staff"),
  request: { params, headers: IfMatch, body: body(TransferAppointment) },
  responses: answers("Transferred", "overlaps-own-appointment"),
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
    const subject = subjectOf(c, c.req.valid("param"));
    const input = { ...subject, holdId, patientId, override: overrideOf(c, override) };
    const act = await actOf(c, c.req.valid("json"));
    return answerAppointment(c, reschedule(c.get("services").db, act, input));
  })
  .openapi(cancelAppointment, async (c) => {
    const { reason: given, patientId = null, override } = c.req.valid("json");
    if (given && given.by !== "patient" && c.get("caller").role === "patient") {
      throw new ProblemError("forbidden", { detail: "Patients can give their own reason only." });
    }
    const subject = subjectOf(c, c.req.valid("param"));
    const { by, code, note = null } = given ?? { by: "patient", code: "unspecified" };
    const input = { ...subject, reason: { by, code, note }, patientId, override: overrideOf(c, override) };
    const act = await actOf(c, c.req.valid("json"));
    return answerAppointment(c, cancel(c.get("services").db, act, input));
  })
  .openapi(acceptAppointment, async (c) => {
    const { patientId = null } = c.req.valid("json");
    const subject = subjectOf(c, c.req.valid("param"));
    const act = await actOf(c, c.req.valid("json"));
    return answerAppointment(c, accept(c.get("services").db, act, { ...subject, patientId }));
  })
  .openapi(transferAppointment, async (c) => {
    const { patientId: recipientId, override } = c.req.valid("json");
    const subject = subjectOf(c, c.req.valid("param"));
    const act = await actOf(c, c.req.valid("json"));
    const verb = transfer(c.get("services").db, act, { ...subject, recipientId, override: override ?? null });
    const outcome = await commit(c, verb);
    if (outcome.kind === "done") return changedAppointment(c, outcome);
    const { why } = outcome;
    if (why?.code !== "no-such-patient") throw refusalOf(c, { ...outcome, why });
    const errors = [{ pointer: "/patientId", detail: "Another patient, whose record is active" }];
    throw new ProblemError("invalid-request", { errors });
  })
  .openapi(markAttendance, async (c) => {
    const { status } = c.req.valid("json");
    const subject = subjectOf(c, c.req.valid("param"));
    const act = await actOf(c, c.req.valid("json"));
    return answerAppointment(c, attend(c.get("services").db, act, { ...subject, status }));
  });

function subjectOf(c: Context<App>, { id }: z.infer<typeof params>): Subject {
  return { appointmentId: id, versions: versionsOf(c) };
}
