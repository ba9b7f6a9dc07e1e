import { ById, type Infer } from "#contract/common.ts";
import type { ScheduleException } from "#contract/answers/schedule.ts";
import { CreateException, ExceptionPath, ExceptionsQuery, PreviewTokenQuery } from "#contract/requests/schedule.ts";
import { listExceptions } from "#db/queries/schedules.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import type { StoredException } from "#domain/calendar/model.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { found } from "#http/act.ts";
import { change, preview } from "#http/calendar-change.ts";
import { type Route, Router } from "#http/router.ts";

const roles = ["staff"] as const;

const getExceptions = {
  method: "get",
  path: "/doctors/{id}/exceptions",
  operationId: "listExceptions",
  roles: ["doctor", "staff"],
  params: ById,
  query: ExceptionsQuery,
} satisfies Route;

const createException = {
  method: "post",
  path: "/doctors/{id}/exceptions",
  operationId: "createException",
  roles,
  params: ById,
  body: CreateException,
} satisfies Route;

const previewException = {
  method: "post",
  path: "/doctors/{id}/exceptions/preview",
  operationId: "previewException",
  dear: "costly",
  roles,
  params: ById,
  body: CreateException,
} satisfies Route;

const deleteException = {
  method: "delete",
  path: "/doctors/{id}/exceptions/{exceptionId}",
  operationId: "deleteException",
  roles,
  params: ExceptionPath,
  query: PreviewTokenQuery,
} satisfies Route;

const previewDeletion = {
  method: "post",
  path: "/doctors/{id}/exceptions/{exceptionId}/preview",
  operationId: "previewDeleteException",
  dear: "costly",
  roles,
  params: ExceptionPath,
} satisfies Route;

function changeOf(doctorId: string, input: Infer<typeof CreateException>): CalendarChange {
  const note = input.note || null;
  if (input.kind === "absence") {
    const { kind, fromDate, toDate, from = null, to = null, locationId = null } = input;
    return { kind: "exception-add", doctorId, exception: { kind, fromDate, toDate, from, to, locationId }, note };
  }
  const { kind, date, from, to, slotMinutes = null, locationId } = input;
  return { kind: "exception-add", doctorId, exception: { kind, date, from, to, slotMinutes, locationId }, note };
}

/** As the wire has it: an absence is without the members of an extra session. */
function exceptionOf(row: StoredException): ScheduleException {
  const { id, note } = row;
  if (row.kind === "absence") {
    const { kind, fromDate, toDate, from, to, locationId } = row;
    return { id, kind, fromDate, toDate, from, to, locationId, note };
  }
  const { kind, date, from, to, slotMinutes, locationId } = row;
  return { id, kind, date, from, to, slotMinutes, locationId, note };
}

export const exceptions = new Router()
  .handle(getExceptions, async (c) => {
    const { db } = c.get("services");
    const { from = null } = c.req.valid("query");
    const items = found(c, await listExceptions(db, c.get("caller"), c.req.valid("param").id, from));
    return c.json({ items: items.map(exceptionOf), nextCursor: null }, 200);
  })
  .handle(createException, async (c) => {
    const input = c.req.valid("json");
    const { id } = c.req.valid("param");
    const agreed = { previewToken: input.previewToken ?? null, versions: null };
    const [row] = await change<StoredException>(c, changeOf(id, input), input, agreed);
    if (!row) throw new ProblemError("not-found");
    return c.json(exceptionOf(row), 201, { Location: `/api/v1/doctors/${id}/exceptions/${row.id}` });
  })
  .handle(previewException, async (c) =>
    c.json(await preview(c, changeOf(c.req.valid("param").id, c.req.valid("json"))), 200),
  )
  .handle(deleteException, async (c) => {
    const { id: doctorId, exceptionId } = c.req.valid("param");
    const { previewToken = null } = c.req.valid("query");
    const what = { kind: "exception-remove", doctorId, exceptionId } as const;
    await change(c, what, previewToken, { previewToken, versions: null });
    return c.body(null, 204);
  })
  .handle(previewDeletion, async (c) => {
    const { id: doctorId, exceptionId } = c.req.valid("param");
    return c.json(await preview(c, { kind: "exception-remove", doctorId, exceptionId }), 200);
  });
