import { createRoute } from "@hono/zod-openapi";
import { getCookie } from "hono/cookie";
import * as z from "zod/v4";
import { IfMatch } from "#contract/appointments.ts";
import { Doctors, DoctorsQuery } from "#contract/clinic.ts";
import { Id } from "#contract/common.ts";
import { ChangeDoctor, CreateDoctor, DoctorLeaves, DoctorRecord, GiveLogin } from "#contract/doctors.ts";
import { listDoctors } from "#db/queries/clinic.ts";
import { type DoctorRecordRow, findDoctor } from "#db/queries/doctors.ts";
import { changeDoctor } from "#db/transactions/change-doctor.ts";
import { createDoctor } from "#db/transactions/create-doctor.ts";
import { endDoctorLogin, giveDoctorLogin } from "#db/transactions/set-login.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { actOf, commit, found, noActor, versionsOf } from "#http/act.ts";
import { applied, change, changeProblems, preview, previewAnswers } from "#http/calendar-change.ts";
import { SESSION_COOKIE, authenticate, visitor } from "#http/middleware/authenticate.ts";
import { answerRecord, recordRefusalOf } from "#http/records.ts";
import { body, json, problems, router, writeProblems } from "#http/router.ts";
import { etagOf, versioned, versionedProblems } from "#http/etag.ts";

const getDoctors = createRoute({
  method: "get",
  path: "/doctors",
  operationId: "listDoctors",
  tags: ["Clinic"],
  summary: "Doctors and specialties",
  request: { query: DoctorsQuery },
  responses: { 200: json(Doctors, "Doctors by name"), ...problems("unauthenticated", "forbidden") },
});

const shared = { tags: ["Doctors"], middleware: authenticate("staff") };
const params = z.object({ id: Id });
const record = (description: string) => versioned(DoctorRecord, description);
const changing = versionedProblems("not-found", "wrong-state");

const postDoctor = createRoute({
  ...shared,
  method: "post",
  path: "/doctors",
  operationId: "createDoctor",
  summary: "Add a doctor",
  request: { body: body(CreateDoctor) },
  responses: { 201: record("The new record"), ...writeProblems() },
});

const getDoctor = createRoute({
  ...shared,
  method: "get",
  path: "/doctors/{id}",
  operationId: "getDoctor",
  summary: "One doctor's record",
  request: { params },
  responses: { 200: record("The record"), ...problems("unauthenticated", "forbidden", "not-found") },
});

const patchDoctor = createRoute({
  ...shared,
  method: "patch",
  path: "/doctors/{id}",
  operationId: "changeDoctor",
  summary: "Change a doctor's record, or switch it off",
  request: { params, headers: IfMatch, body: body(ChangeDoctor) },
  responses: { 200: record("The record from now on"), ...changing },
});

const giveLogin = createRoute({
  ...shared,
  method: "post",
  path: "/doctors/{id}/login",
  operationId: "giveDoctorLogin",
  summary: "Let somebody log in as a doctor who has no login",
  request: { params, headers: IfMatch, body: body(GiveLogin) },
  responses: { 200: record("The record, which has a login"), ...changing },
});

const endLogin = createRoute({
  ...shared,
  method: "delete",
  path: "/doctors/{id}/login",
  operationId: "endDoctorLogin",
  summary: "End a doctor's login and all its sessions; repeatable",
  request: { params, headers: IfMatch },
  responses: { 200: record("The record, which has no login"), ...changing },
});

const leave = createRoute({
  ...shared,
  method: "post",
  path: "/doctors/{id}/leave",
  operationId: "leaveDoctor",
  summary: "A doctor leaves the clinic: who is booked from that date on is moved to others of the specialty",
  request: { params, body: body(DoctorLeaves) },
  responses: { 200: applied(record("The record; it is switched off on that date")), ...changeProblems() },
});

const previewLeave = createRoute({
  ...shared,
  method: "post",
  path: "/doctors/{id}/leave/preview",
  operationId: "previewLeaveDoctor",
  summary: "Which appointments a doctor's leaving would displace",
  request: { params, body: body(DoctorLeaves) },
  responses: previewAnswers,
});

export const doctors = router()
  .openapi(getDoctors, async (c) => {
    const { specialty, status = "active" } = c.req.valid("query");
    const services = c.get("services");
    if (status === "active") {
      const { items, specialties } = await listDoctors(services.db, { specialty });
      c.header("Cache-Control", "public, max-age=60");
      return c.json({ items, nextCursor: null, specialties }, 200);
    }
    // Who no longer works here is the clinic's business.
    const caller = await visitor(services, c.req.header("Authorization"), getCookie(c, SESSION_COOKIE));
    if (!caller) throw new ProblemError("unauthenticated", {}, { "WWW-Authenticate": "Bearer" });
    if (caller.role !== "staff") throw new ProblemError("forbidden");
    c.set("caller", caller);
    const read = await listDoctors(services.db, { specialty, status, caller });
    if (!read.known) throw noActor(c);
    return c.json({ items: read.items, nextCursor: null, specialties: read.specialties }, 200);
  })
  .openapi(postDoctor, async (c) => {
    const input = c.req.valid("json");
    const { name, specialty, slotMinutes = null } = input;
    const act = await actOf(c, input);
    const outcome = await commit(c, createDoctor(c.get("services").db, act, { name, specialty, slotMinutes }));
    if (outcome.kind === "refused") throw recordRefusalOf(outcome);
    const headers = { ...etagOf(outcome.result), Location: `/api/v1/doctors/${outcome.result.id}` };
    return c.json(recordOf(outcome.result), 201, headers);
  })
  .openapi(getDoctor, async (c) => {
    const item = found(c, await findDoctor(c.get("services").db, c.get("caller"), c.req.valid("param").id));
    return c.json(recordOf(item), 200, etagOf(item));
  })
  .openapi(patchDoctor, async (c) => {
    const changes = c.req.valid("json");
    const verb = { doctorId: c.req.valid("param").id, versions: versionsOf(c), changes };
    return answerRecord(c, changeDoctor(c.get("services").db, await actOf(c, changes), verb), recordOf);
  })
  .openapi(giveLogin, async (c) => {
    const input = c.req.valid("json");
    const of = { id: c.req.valid("param").id, versions: versionsOf(c) };
    const { db } = c.get("services");
    return answerRecord(c, giveDoctorLogin(db, await actOf(c, input), of, input.subject), recordOf);
  })
  .openapi(endLogin, async (c) => {
    const of = { id: c.req.valid("param").id, versions: versionsOf(c) };
    return answerRecord(c, endDoctorLogin(c.get("services").db, await actOf(c, null), of), recordOf);
  })
  .openapi(leave, async (c) => {
    const input = c.req.valid("json");
    const { from, previewToken = null } = input;
    const what = { kind: "doctor-left", doctorId: c.req.valid("param").id, from } as const;
    const [row] = await change<DoctorRecordRow>(c, what, input, { previewToken, versions: null });
    if (!row) throw new ProblemError("not-found");
    return c.json(recordOf(row), 200, etagOf(row));
  })
  .openapi(previewLeave, async (c) => {
    const { from } = c.req.valid("json");
    return c.json(await preview(c, { kind: "doctor-left", doctorId: c.req.valid("param").id, from }), 200);
  });

/** The wire's members and no more: the version is the ETag. */
function recordOf(row: DoctorRecordRow): DoctorRecord {
  const { version: _, ...record } = row;
  return record;
}
