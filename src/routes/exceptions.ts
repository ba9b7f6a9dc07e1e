import { createRoute } from "@hono/zod-openapi";
import * as z from "zod/v4";
import { Id } from "#contract/common.ts";
import {
  CreateException,
  ExceptionsQuery,
  PreviewTokenQuery,
  ScheduleException,
  ScheduleExceptions,
} from "#contract/schedule.ts";
import { listExceptions } from "#db/queries/schedules.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import type { StoredException } from "#domain/calendar/model.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { found } from "#http/act.ts";
import { authenticate } from "#http/middleware/authenticate.ts";
import { applied, change, changeProblems, preview, previewAnswers } from "#http/calendar-change.ts";
import { body, json, problems, router } from "#http/router.ts";

const params = z.object({ id: Id });
const both = z.object({ id: Id, exceptionId: Id });
const tags = ["Schedules"];
const staff = authenticate("staff");

const getExceptions = createRoute({
  method: "get",
  path: "/doctors/{id}/exceptions",
  operationId: "listExceptions",
  tags,
  summary: "A doctor's absences and extra sessions that are not over",
  middleware: authenticate("doctor", "staff"),
  request: { params, query: ExceptionsQuery },
  responses: {
    200: json(ScheduleExceptions, "By date"),
    ...problems("unauthenticated", "forbidden", "not-found"),
  },
});

const createException = createRoute({
  method: "post",
  path: "/doctors/{id}/exceptions",
  operationId: "createException",
  tags,
  summary: "An absence, for whole days or hours, or an extra session",
  middleware: staff,
  request: { params, body: body(CreateException) },
  responses: { 201: applied(json(ScheduleException, "Applied")), ...changeProblems() },
});

const previewException = createRoute({
  method: "post",
  path: "/doctors/{id}/exceptions/preview",
  operationId: "previewException",
  tags,
  summary: "Which appointments an absence would displace",
  middleware: staff,
  request: { params, body: body(CreateException) },
  responses: previewAnswers,
});

const deleteException = createRoute({
  method: "delete",
  path: "/doctors/{id}/exceptions/{exceptionId}",
  operationId: "deleteException",
  tags,
  summary: "The slots that an absence had closed open again; an extra session's go",
  middleware: staff,
  request: { params: both, query: PreviewTokenQuery },
  responses: { 204: applied({ description: "Removed" }), ...changeProblems() },
});

const previewDeletion = createRoute({
  method: "post",
  path: "/doctors/{id}/exceptions/{exceptionId}/preview",
  operationId: "previewDeleteException",
  tags,
  summary: "Which appointments the end of an extra session would displace",
  middleware: staff,
  request: { params: both },
  responses: previewAnswers,
});

function changeOf(doctorId: string, input: z.infer<typeof CreateException>): CalendarChange {
  const note = input.note || null;
  if (input.kind === "absence") {
    const { kind, fromDate, toDate, from = null, to = null, locationId = null } = input;
    return { kind: "exception-add", doctorId, exception: { kind, fromDate, toDate, from, to, locationId }, note };
  }
  const { kind, date, from, to, slotMinutes = null, locationId } = input;
  return { kind: "exception-add", doctorId, exception: { kind, date, from, to, slotMinutes, locationId }, note };
}

/** As the wire has it: an absence is without the members of an extra session. */
function exceptionOf(row: StoredException): z.infer<typeof ScheduleException> {
  const { id, note } = row;
  if (row.kind === "absence") {
    const { kind, fromDate, toDate, from, to, locationId } = row;
    return { id, kind, fromDate, toDate, from, to, locationId, note };
  }
  const { kind, date, from, to, slotMinutes, locationId } = row;
  return { id, kind, date, from, to, slotMinutes, locationId, note };
}

export const exceptions = router()
  .openapi(getExceptions, async (c) => {
    const { db } = c.get("services");
    const { from = null } = c.req.valid("query");
    const items = found(c, await listExceptions(db, c.get("caller"), c.req.valid("param").id, from));
    return c.json({ items: items.map(exceptionOf), nextCursor: null }, 200);
  })
  .openapi(createException, async (c) => {
    const input = c.req.valid("json");
    const { id } = c.req.valid("param");
    const agreed = { previewToken: input.previewToken ?? null, versions: null };
    const [row] = await change<StoredException>(c, changeOf(id, input), input, agreed);
    if (!row) throw new ProblemError("not-found");
    return c.json(exceptionOf(row), 201, { Location: `/api/v1/doctors/${id}/exceptions/${row.id}` });
  })
  .openapi(previewException, async (c) =>
    c.json(await preview(c, changeOf(c.req.valid("param").id, c.req.valid("json"))), 200),
  )
  .openapi(deleteException, async (c) => {
    const { id: doctorId, exceptionId } = c.req.valid("param");
    const { previewToken = null } = c.req.valid("query");
    const what = { kind: "exception-remove", doctorId, exceptionId } as const;
    await change(c, what, previewToken, { previewToken, versions: null });
    return c.body(null, 204);
  })
  .openapi(previewDeletion, async (c) => {
    const { id: doctorId, exceptionId } = c.req.valid("param");
    return c.json(await preview(c, { kind: "exception-remove", doctorId, exceptionId }), 200);
  });
