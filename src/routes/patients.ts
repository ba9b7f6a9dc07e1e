import { ById } from "#contract/common.ts";
import { ChangePatient, CreatePatient, EndPatientLoginQuery, PatientsQuery } from "#contract/requests/patients.ts";
import { exportPatient, findPatient, searchPatients } from "#db/queries/patients.ts";
import { changePatient, createPatient, endPatientLogin } from "#db/verbs/patients.ts";
import { resumeMail } from "#db/verbs/tasks.ts";
import { UUID } from "#lib/cursor.ts";
import { numberKey, readPatientSearch } from "#domain/patient-search.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { actOf, commit, found, noActor, versionsOf } from "#http/act.ts";
import { pageAsked, pageOf } from "#http/paging.ts";
import { limitExport } from "#http/middleware/limit-rate.ts";
import { patientExportOf } from "#http/presenters/patient-export.ts";
import { patientOf, patientRecordOf } from "#http/presenters/rows.ts";
import { answerRecord, foundByAdministrator, recordRefusalOf } from "#http/records.ts";
import { scheduleNotifications } from "#http/schedule-notification.ts";
import { type Route, Router } from "#http/router.ts";
import { etagOf } from "#http/etag.ts";

const DEFAULT_LIMIT = 25;

const roles = ["staff"] as const;

const getPatients = {
  method: "get",
  path: "/patients",
  operationId: "searchPatients",
  dear: "search",
  roles,
  query: PatientsQuery,
} satisfies Route;

const postPatient = {
  method: "post",
  path: "/patients",
  operationId: "createPatient",
  roles,
  body: CreatePatient,
} satisfies Route;
const getPatient = {
  method: "get",
  path: "/patients/{id}",
  operationId: "getPatient",
  roles,
  params: ById,
} satisfies Route;

const getExport = {
  method: "get",
  path: "/patients/{id}/export",
  operationId: "exportPatient",
  roles,
  params: ById,
} satisfies Route;

const patchPatient = {
  method: "patch",
  path: "/patients/{id}",
  operationId: "changePatient",
  roles,
  params: ById,
  body: ChangePatient,
} satisfies Route;

const endLogin = {
  method: "delete",
  path: "/patients/{id}/login",
  operationId: "endPatientLogin",
  roles,
  params: ById,
  query: EndPatientLoginQuery,
} satisfies Route;

const resume = {
  method: "post",
  path: "/patients/{id}/mail/resume",
  operationId: "resumeMail",
  roles,
  params: ById,
} satisfies Route;

export const patients = new Router()
  .handle(getPatients, async (c) => {
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
  .handle(postPatient, async (c) => {
    const input = c.req.valid("json");
    const { number = null, email = null, phone = null, language = null, name, dateOfBirth } = input;
    const verb = { number, email, phone, language, name, dateOfBirth };
    const outcome = await commit(c, createPatient(c.get("services").db, await actOf(c, input), verb));
    if (outcome.kind === "refused") throw recordRefusalOf(outcome.why);
    const headers = { ...etagOf(outcome.result), Location: `/api/v1/patients/${outcome.result.id}` };
    const { possibleDuplicates } = outcome.result;
    const warnings = possibleDuplicates.length > 0 ? { possibleDuplicates } : {};
    return c.json({ ...patientOf(outcome.result), ...warnings }, 201, headers);
  })
  .handle(getPatient, async (c) => {
    const { db } = c.get("services");
    const item = found(c, await findPatient(db, c.get("caller"), c.req.valid("param").id, c.get("requestId")));
    return c.json(patientRecordOf(item), 200, etagOf(item));
  })
  .handle(getExport, async (c) => {
    await limitExport(c);
    const { id } = c.req.valid("param");
    const { db } = c.get("services");
    const row = foundByAdministrator(c, await exportPatient(db, c.get("caller"), id, c.get("requestId")));
    const fileName = `patient-${row.patient.number.replaceAll(/[^A-Za-z0-9-]/g, "_")}.json`;
    return c.json(patientExportOf(row), 200, { "Content-Disposition": `attachment; filename="${fileName}"` });
  })
  .handle(patchPatient, async (c) => {
    const input = c.req.valid("json");
    const { cancelAppointments: cancels = false, ...changes } = input;
    const verb = { patientId: c.req.valid("param").id, versions: versionsOf(c), changes, cancels };
    const outcome = await commit(c, changePatient(c.get("services").db, await actOf(c, input), verb));
    if (outcome.kind === "refused") throw recordRefusalOf(outcome.why);
    scheduleNotifications(c, outcome.dueAt);
    return c.json(patientRecordOf(outcome.result), 200, etagOf(outcome.result));
  })
  .handle(endLogin, async (c) => {
    const block = c.req.valid("query").block === "true";
    const of = { id: c.req.valid("param").id, versions: versionsOf(c), block };
    return answerRecord(c, endPatientLogin(c.get("services").db, await actOf(c, block || null), of), patientOf);
  })
  .handle(resume, async (c) => {
    const outcome = await commit(c, resumeMail(c.get("services").db, await actOf(c, {}), c.req.valid("param").id));
    if (outcome.kind === "refused") throw new ProblemError("not-found");
    scheduleNotifications(c, outcome.dueAt);
    return c.json(patientOf(outcome.result), 200, etagOf(outcome.result));
  });
