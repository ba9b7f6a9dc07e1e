import { createRoute } from "@hono/zod-openapi";
import * as z from "zod/v4";
import { IfMatch } from "#contract/appointments.ts";
import { Id } from "#contract/common.ts";
import { ChangePatient, CreatePatient, Patient, Patients, PatientsQuery } from "#contract/patients.ts";
import { findPatient, searchPatients } from "#db/queries/patients.ts";
import { changePatient } from "#db/transactions/change-patient.ts";
import { resumeMail } from "#db/transactions/resume-mail.ts";
import { createPatient } from "#db/transactions/create-patient.ts";
import { endPatientLogin } from "#db/transactions/set-login.ts";
import { UUID } from "#lib/cursor.ts";
import { numberKey, readPatientSearch } from "#domain/patient-search.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { actOf, commit, found, noActor, versionsOf } from "#http/act.ts";
import { authenticate } from "#http/middleware/authenticate.ts";
import { pageAsked, pageOf } from "#http/paging.ts";
import { patientOf } from "#http/presenters/rows.ts";
import { answerRecord, recordRefusalOf } from "#http/records.ts";
import { scheduleNotifications } from "#http/schedule-notification.ts";
import { body, json, problems, router, writeProblems } from "#http/router.ts";
import { etagOf, versioned, versionedProblems } from "#http/etag.ts";

const DEFAULT_LIMIT = 25;

const shared = { tags: ["Patients"], middleware: authenticate("staff") };
const params = z.object({ id: Id });
const record = (description: string) => versioned(Patient, description);

const getPatients = createRoute({
  ...shared,
  method: "get",
  path: "/patients",
  operationId: "searchPatients",
  summary: "Find patients by name, date of birth or number",
  request: { query: PatientsQuery },
  responses: {
    200: json(Patients, "Exact matches by name, then those a few letters away"),
    ...problems("unauthenticated", "forbidden"),
  },
});

const postPatient = createRoute({
  ...shared,
  method: "post",
  path: "/patients",
  operationId: "createPatient",
  summary: "Open a patient's record",
  request: { body: body(CreatePatient) },
  responses: { 201: record("The new record"), ...writeProblems() },
});

const getPatient = createRoute({
  ...shared,
  method: "get",
  path: "/patients/{id}",
  operationId: "getPatient",
  summary: "One patient's record; reading it is noted in the audit trail",
  request: { params },
  responses: { 200: record("The record"), ...problems("unauthenticated", "forbidden", "not-found") },
});

const patchPatient = createRoute({
  ...shared,
  method: "patch",
  path: "/patients/{id}",
  operationId: "changePatient",
  summary: "Correct a patient's record, or switch it off",
  request: { params, headers: IfMatch, body: body(ChangePatient) },
  responses: {
    200: record("The record from now on"),
    ...versionedProblems("not-found", "wrong-state"),
  },
});

const endLogin = createRoute({
  ...shared,
  method: "delete",
  path: "/patients/{id}/login",
  operationId: "endPatientLogin",
  summary: "End a patient's login and all its sessions; by its verified address it may be linked again. Repeatable",
  request: { params, headers: IfMatch },
  responses: {
    200: record("The record, which has no login"),
    ...versionedProblems("not-found"),
  },
});

const resume = createRoute({
  ...shared,
  method: "post",
  path: "/patients/{id}/mail/resume",
  operationId: "resumeMail",
  summary: "Let mail go to a patient's address again, and tell what could not be told",
  request: { params },
  responses: {
    200: record("The record; `mailStopped` is null"),
    ...problems("unauthenticated", "forbidden", "not-found", "idempotency-in-flight", "idempotency-key-reused"),
  },
});

export const patients = router()
  .openapi(getPatients, async (c) => {
    const { q, dateOfBirth, number } = c.req.valid("query");
    const page = pageAsked(c.req.valid("query"), { rank: "integer", id: UUID }, DEFAULT_LIMIT);
    const asked = readPatientSearch(q ?? "");
    const filter = {
      words: asked.words,
      dateOfBirth: dateOfBirth ?? asked.dateOfBirth,
      number: number === undefined ? asked.number : numberKey(number),
      ...page,
    };
    const { db } = c.get("services");
    const rows = await searchPatients(db, c.get("caller"), filter, c.get("requestId"));
    if (!rows) throw noActor(c);
    const { items, nextCursor } = pageOf(c, rows, page.limit, ({ rank, id }) => ({ rank, id }));
    return c.json({ items: items.map(patientOf), nextCursor }, 200);
  })
  .openapi(postPatient, async (c) => {
    const input = c.req.valid("json");
    const { number = null, email = null, phone = null, language = null, name, dateOfBirth } = input;
    const verb = { number, email, phone, language, name, dateOfBirth };
    const outcome = await commit(c, createPatient(c.get("services").db, await actOf(c, input), verb));
    if (outcome.kind === "refused") throw recordRefusalOf(outcome);
    const headers = { ...etagOf(outcome.result), Location: `/api/v1/patients/${outcome.result.id}` };
    return c.json(patientOf(outcome.result), 201, headers);
  })
  .openapi(getPatient, async (c) => {
    const { db } = c.get("services");
    const item = found(c, await findPatient(db, c.get("caller"), c.req.valid("param").id, c.get("requestId")));
    return c.json(patientOf(item), 200, etagOf(item));
  })
  .openapi(patchPatient, async (c) => {
    const changes = c.req.valid("json");
    const verb = { patientId: c.req.valid("param").id, versions: versionsOf(c), changes };
    return answerRecord(c, changePatient(c.get("services").db, await actOf(c, changes), verb), patientOf);
  })
  .openapi(endLogin, async (c) => {
    const of = { id: c.req.valid("param").id, versions: versionsOf(c) };
    return answerRecord(c, endPatientLogin(c.get("services").db, await actOf(c, null), of), patientOf);
  })
  .openapi(resume, async (c) => {
    const outcome = await commit(c, resumeMail(c.get("services").db, await actOf(c, {}), c.req.valid("param").id));
    if (outcome.kind === "refused") throw new ProblemError("not-found");
    scheduleNotifications(c, outcome.dueAt);
    return c.json(patientOf(outcome.result), 200, etagOf(outcome.result));
  });
