import { DoctorsQuery } from "#contract/requests/clinic.ts";
import { ById } from "#contract/common.ts";
import type { DoctorRecord } from "#contract/answers/doctors.ts";
import { ChangeDoctor, CreateDoctor, DoctorLeaves, GiveLogin } from "#contract/requests/doctors.ts";
import { listActiveDoctors, listDoctors } from "#db/queries/clinic.ts";
import { type DoctorRecordRow, findDoctor } from "#db/queries/doctors.ts";
import { changeDoctor, createDoctor, endDoctorLogin, giveDoctorLogin } from "#db/verbs/doctors.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { actOf, commit, found, versionsOf } from "#http/act.ts";
import { change, preview } from "#http/calendar-change.ts";
import { visitor } from "#http/middleware/authenticate.ts";
import { answerRecord, recordRefusalOf } from "#http/records.ts";
import { type Route, Router } from "#http/router.ts";
import { etagOf } from "#http/etag.ts";

const getDoctors = { method: "get", path: "/doctors", operationId: "listDoctors", query: DoctorsQuery } satisfies Route;

const roles = ["staff"] as const;

const postDoctor = {
  method: "post",
  path: "/doctors",
  operationId: "createDoctor",
  roles,
  body: CreateDoctor,
} satisfies Route;
const getDoctor = {
  method: "get",
  path: "/doctors/{id}",
  operationId: "getDoctor",
  roles,
  params: ById,
} satisfies Route;

const patchDoctor = {
  method: "patch",
  path: "/doctors/{id}",
  operationId: "changeDoctor",
  roles,
  params: ById,
  body: ChangeDoctor,
} satisfies Route;

const giveLogin = {
  method: "post",
  path: "/doctors/{id}/login",
  operationId: "giveDoctorLogin",
  roles,
  params: ById,
  body: GiveLogin,
} satisfies Route;

const endLogin = {
  method: "delete",
  path: "/doctors/{id}/login",
  operationId: "endDoctorLogin",
  roles,
  params: ById,
} satisfies Route;

const leave = {
  method: "post",
  path: "/doctors/{id}/leave",
  operationId: "leaveDoctor",
  roles,
  params: ById,
  body: DoctorLeaves,
} satisfies Route;

const previewLeave = {
  method: "post",
  path: "/doctors/{id}/leave/preview",
  operationId: "previewLeaveDoctor",
  dear: "costly",
  roles,
  params: ById,
  body: DoctorLeaves,
} satisfies Route;

export const doctors = new Router()
  .handle(getDoctors, async (c) => {
    const { specialty, status = "active" } = c.req.valid("query");
    const services = c.get("services");
    if (status === "active") {
      const { items, specialties } = await listActiveDoctors(services.db, specialty);
      c.header("Cache-Control", "public, max-age=60");
      return c.json({ items, nextCursor: null, specialties }, 200);
    }
    // Only staff see doctors who have left.
    const caller = await visitor(c);
    if (!caller) throw new ProblemError("unauthenticated", {}, { "WWW-Authenticate": "Bearer" });
    if (caller.role !== "staff") throw new ProblemError("forbidden");
    c.set("caller", caller);
    const { items, specialties } = found(c, await listDoctors(services.db, caller, { status, specialty }));
    return c.json({ items, nextCursor: null, specialties }, 200);
  })
  .handle(postDoctor, async (c) => {
    const input = c.req.valid("json");
    const { name, specialty, slotMinutes = null } = input;
    const act = await actOf(c, input);
    const outcome = await commit(c, createDoctor(c.get("services").db, act, { name, specialty, slotMinutes }));
    if (outcome.kind === "refused") throw recordRefusalOf(outcome.why);
    const headers = { ...etagOf(outcome.result), Location: `/api/v1/doctors/${outcome.result.id}` };
    return c.json(recordOf(outcome.result), 201, headers);
  })
  .handle(getDoctor, async (c) => {
    const item = found(c, await findDoctor(c.get("services").db, c.get("caller"), c.req.valid("param").id));
    return c.json(recordOf(item), 200, etagOf(item));
  })
  .handle(patchDoctor, async (c) => {
    const changes = c.req.valid("json");
    const verb = { doctorId: c.req.valid("param").id, versions: versionsOf(c), changes };
    return answerRecord(c, changeDoctor(c.get("services").db, await actOf(c, changes), verb), recordOf);
  })
  .handle(giveLogin, async (c) => {
    const input = c.req.valid("json");
    const of = { id: c.req.valid("param").id, versions: versionsOf(c) };
    const { db } = c.get("services");
    return answerRecord(c, giveDoctorLogin(db, await actOf(c, input), of, input.subject), recordOf);
  })
  .handle(endLogin, async (c) => {
    const of = { id: c.req.valid("param").id, versions: versionsOf(c) };
    return answerRecord(c, endDoctorLogin(c.get("services").db, await actOf(c, null), of), recordOf);
  })
  .handle(leave, async (c) => {
    const input = c.req.valid("json");
    const { from, previewToken = null } = input;
    const what = { kind: "doctor-left", doctorId: c.req.valid("param").id, from } as const;
    const [row] = await change<DoctorRecordRow>(c, what, input, { previewToken, versions: null });
    if (!row) throw new ProblemError("not-found");
    return c.json(recordOf(row), 200, etagOf(row));
  })
  .handle(previewLeave, async (c) => {
    const { from } = c.req.valid("json");
    return c.json(await preview(c, { kind: "doctor-left", doctorId: c.req.valid("param").id, from }), 200);
  });

/** The wire's members and no more: the version is the ETag. */
function recordOf(row: DoctorRecordRow): DoctorRecord {
  const { version: _, ...record } = row;
  return record;
}
