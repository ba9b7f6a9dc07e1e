import type { Context } from "hono";
import {
  AcceptAppointment,
  CancelAppointment,
  TransferAppointment,
  MarkAttendance,
  RescheduleAppointment,
} from "#contract/requests/appointments.ts";
import { ById, type Infer } from "#contract/common.ts";
import { accept, attend, cancel, reschedule, type Target, transfer } from "#db/verbs/appointment-changes.ts";
import type { App } from "#src/context.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { actOf, commit, overrideOf, versionsOf } from "#http/act.ts";
import { answerAppointment, changedAppointment } from "#http/answer-appointment.ts";
import { problemOf } from "#http/problems/refusal.ts";
import { type Route, Router } from "#http/router.ts";

const rescheduleAppointment = {
  method: "post",
  path: "/appointments/{id}/reschedule",
  operationId: "rescheduleAppointment",
  roles: ["patient", "staff"],
  params: ById,
  body: RescheduleAppointment,
} satisfies Route;

const cancelAppointment = {
  method: "post",
  path: "/appointments/{id}/cancel",
  operationId: "cancelAppointment",
  roles: ["patient", "staff"],
  params: ById,
  body: CancelAppointment,
} satisfies Route;

const acceptAppointment = {
  method: "post",
  path: "/appointments/{id}/accept",
  operationId: "acceptAppointment",
  roles: ["patient", "staff"],
  params: ById,
  body: AcceptAppointment,
} satisfies Route;

const transferAppointment = {
  method: "post",
  path: "/appointments/{id}/transfer",
  operationId: "transferAppointment",
  roles: ["staff"],
  params: ById,
  body: TransferAppointment,
} satisfies Route;

const markAttendance = {
  method: "post",
  path: "/appointments/{id}/attendance",
  operationId: "markAttendance",
  roles: ["doctor", "staff"],
  params: ById,
  body: MarkAttendance,
} satisfies Route;

export const appointmentChanges = new Router()
  .handle(rescheduleAppointment, async (c) => {
    const { holdId, patientId = null, override } = c.req.valid("json");
    const target = targetOf(c, c.req.valid("param"));
    const input = { ...target, holdId, patientId, override: overrideOf(c, override) };
    const act = await actOf(c, c.req.valid("json"));
    return answerAppointment(c, reschedule(c.get("services").db, act, input));
  })
  .handle(cancelAppointment, async (c) => {
    const { reason: given, patientId = null, override } = c.req.valid("json");
    if (given && given.by !== "patient" && c.get("caller").role === "patient") {
      throw new ProblemError("forbidden", { detail: "Patients can give their own reason only." });
    }
    const target = targetOf(c, c.req.valid("param"));
    const { by, code, note = null } = given ?? { by: "patient", code: "unspecified" };
    const input = { ...target, reason: { by, code, note }, patientId, override: overrideOf(c, override) };
    const act = await actOf(c, c.req.valid("json"));
    return answerAppointment(c, cancel(c.get("services").db, act, input));
  })
  .handle(acceptAppointment, async (c) => {
    const { patientId = null } = c.req.valid("json");
    const target = targetOf(c, c.req.valid("param"));
    const act = await actOf(c, c.req.valid("json"));
    return answerAppointment(c, accept(c.get("services").db, act, { ...target, patientId }));
  })
  .handle(transferAppointment, async (c) => {
    const { patientId: recipientId, override } = c.req.valid("json");
    const target = targetOf(c, c.req.valid("param"));
    const act = await actOf(c, c.req.valid("json"));
    const verb = transfer(c.get("services").db, act, { ...target, recipientId, override: override ?? null });
    const outcome = await commit(c, verb);
    if (outcome.kind === "done") return changedAppointment(c, outcome);
    const { why } = outcome;
    if (why.code !== "no-such-patient") throw problemOf(c, why);
    const errors = [{ pointer: "/patientId", detail: "Another patient, whose record is active" }];
    throw new ProblemError("invalid-request", { errors });
  })
  .handle(markAttendance, async (c) => {
    const { status } = c.req.valid("json");
    const target = targetOf(c, c.req.valid("param"));
    const act = await actOf(c, c.req.valid("json"));
    return answerAppointment(c, attend(c.get("services").db, act, { ...target, status }));
  });

function targetOf(c: Context<App>, { id }: Infer<typeof ById>): Target {
  return { appointmentId: id, versions: versionsOf(c) };
}
