import { ById } from "#contract/common.ts";
import { type EraseRefusal, erasePatient } from "#db/verbs/erase.ts";
import { actOf, commit, versionsOf } from "#http/act.ts";
import { etagOf, versionConflict } from "#http/etag.ts";
import { patientOf } from "#http/presenters/rows.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { administrationRefusalOf } from "#http/records.ts";
import { type Route, Router } from "#http/router.ts";

const erase = {
  method: "post",
  path: "/patients/{id}/erase",
  operationId: "erasePatient",
  roles: ["staff"],
  params: ById,
} satisfies Route;

export const patientErase = new Router().handle(erase, async (c) => {
  const of = { id: c.req.valid("param").id, versions: versionsOf(c) };
  const outcome = await commit(c, erasePatient(c.get("services").db, await actOf(c, {}), of));
  if (outcome.kind === "refused") throw problemOf(outcome.why);
  return c.json(patientOf(outcome.result), 200, etagOf(outcome.result));
});

function problemOf(why: EraseRefusal): ProblemError {
  switch (why.code) {
    case "forbidden":
    case "step-up-required":
      return administrationRefusalOf(why);
    case "version-conflict":
      return versionConflict(why);
    case "wrong-state":
      return new ProblemError(why.code, { current: why.current, detail: STANDING[why.current] });
    case "not-found":
      return new ProblemError("not-found");
  }
}

/** The obstacle in words, by the record's state. */
const STANDING = {
  active: "Switch the record off first, which also ends the login (PATCH /patients/{id}).",
  booked: "There are appointments to come: cancel them first (`cancelAppointments` of PATCH /patients/{id}).",
  notifying: "The patient is still to be notified of a change: try again in some minutes.",
  merged: "This record was merged into another; erase that one, which erases both.",
  erased: "The patient of this record was erased already.",
} as const;
