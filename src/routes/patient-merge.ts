import { ById } from "#contract/common.ts";
import { MergePatient } from "#contract/requests/patients.ts";
import { type MergeRefusal, mergePatients } from "#db/verbs/merge.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { actOf, commit, versionsOf } from "#http/act.ts";
import { patientOf } from "#http/presenters/rows.ts";
import { administrationRefusalOf } from "#http/records.ts";
import { scheduleNotifications } from "#http/schedule-notification.ts";
import { type Route, Router } from "#http/router.ts";
import { etagOf } from "#http/etag.ts";

const merge = {
  method: "post",
  path: "/patients/{id}/merge",
  operationId: "mergePatient",
  roles: ["staff"],
  params: ById,
  body: MergePatient,
} satisfies Route;

export const patientMerge = new Router().handle(merge, async (c) => {
  const asked = c.req.valid("json");
  const { into, intoVersion = null, reason = null } = asked;
  const record = { sourceId: c.req.valid("param").id, versions: versionsOf(c) };
  const input = { ...record, targetId: into, targetVersion: intoVersion, reason };
  const outcome = await commit(c, mergePatients(c.get("services").db, await actOf(c, asked), input));
  if (outcome.kind === "refused") throw problemOf(outcome.why, record.sourceId);
  scheduleNotifications(c, outcome.dueAt);
  return c.json(patientOf(outcome.result), 200, etagOf(outcome.result));
});

function problemOf(why: MergeRefusal, sourceId: string): ProblemError {
  switch (why.code) {
    case "forbidden":
    case "step-up-required":
      return administrationRefusalOf(why);
    case "no-such-survivor":
      return new ProblemError("invalid-request", { errors: [{ pointer: "/into", detail: "There is no such record" }] });
    case "same-record":
      return new ProblemError("invalid-request", {
        errors: [{ pointer: "/into", detail: "That is this very record" }],
      });
    case "version-conflict": {
      const changedAt = formatInstant(why.changedAt, why.zone);
      return new ProblemError(why.code, {
        changedBy: why.changedBy ?? "the system",
        changedAt,
        patientId: why.patientId,
      });
    }
    case "wrong-state": {
      const { code, current, patientId } = why;
      const which = patientId === sourceId ? "This record" : "The record that is to stay";
      return new ProblemError(code, { current, patientId, detail: `${which} ${STANDING[current]}` });
    }
    case "overlaps-own-appointment": {
      const { code, appointmentId, otherAppointmentId } = why;
      const detail = "Both records have an appointment at one time; move or cancel one of them first.";
      return new ProblemError(code, { appointmentId, otherAppointmentId, detail });
    }
    // Nothing but a guard of the database that goes on saying no is without a reason, and it names none.
    case "not-found":
      return new ProblemError("not-found");
  }
}

/** The obstacle in words, by the record's state. */
const STANDING = {
  merged: "was merged into another already.",
  erased: "is of a patient who was erased.",
  inactive: "is switched off; switch it on first.",
  linked: "and the record that is to stay both have a login; end one of them first (DELETE /patients/{id}/login).",
} as const;
