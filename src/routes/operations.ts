import type { Context } from "hono";
import { ById } from "#contract/common.ts";
import type { OperationDetail, UndoPreview } from "#contract/answers/operations.ts";
import { OperationItemsQuery, OperationsQuery, UndoOperation } from "#contract/requests/operations.ts";
import { findOperation, listOperationItems, listOperations } from "#db/queries/operations.ts";
import { previewUndo, undoOperation } from "#operations/undo-operation.ts";
import { UUID } from "#lib/cursor.ts";
import type { App } from "#src/context.ts";
import { ProblemError, unavailable } from "#http/problems/problem.ts";
import { actOf, commit, found, noActor } from "#http/act.ts";
import {
  operationDetailOf,
  operationItemOf,
  operationOf,
  undoPreviewOf,
  undoProblem,
} from "#http/presenters/operations.ts";
import { isCached } from "#http/etag.ts";
import { pageAsked, pageOf } from "#http/paging.ts";
import { scheduleNotifications } from "#http/schedule-notification.ts";
import { type Route, Router } from "#http/router.ts";

const roles = ["staff"] as const;

const getOperations = {
  method: "get",
  path: "/operations",
  operationId: "listOperations",
  roles,
  query: OperationsQuery,
} satisfies Route;

const getOperation = {
  method: "get",
  path: "/operations/{id}",
  operationId: "getOperation",
  roles,
  params: ById,
} satisfies Route;

const getItems = {
  method: "get",
  path: "/operations/{id}/items",
  operationId: "listOperationItems",
  roles,
  params: ById,
  query: OperationItemsQuery,
} satisfies Route;

const previewUndoing = {
  method: "post",
  path: "/operations/{id}/undo/preview",
  operationId: "previewUndoOperation",
  dear: "costly",
  roles,
  params: ById,
} satisfies Route;

const undo = {
  method: "post",
  path: "/operations/{id}/undo",
  operationId: "undoOperation",
  roles,
  params: ById,
  body: UndoOperation,
} satisfies Route;

/** Seconds after which a client should ask again while the operation runs. */
const POLL_SECONDS = "1";

async function detail(c: Context<App>, id: string): Promise<OperationDetail> {
  return operationDetailOf(found(c, await findOperation(c.get("services").db, c.get("caller"), id)));
}

/** The effect of taking an operation back now. */
async function undoing(c: Context<App>, id: string): Promise<UndoPreview> {
  const answer = await previewUndo(c.get("services").db, c.get("caller"), id);
  if (!answer) throw noActor(c);
  if ("why" in answer) throw undoProblem(answer.why);
  return undoPreviewOf(answer.preview);
}

export const operations = new Router()
  .handle(getOperations, async (c) => {
    const asked = pageAsked(c.req.valid("query"), { id: UUID });
    const rows = await listOperations(c.get("services").db, c.get("caller"), asked);
    if (!rows) throw noActor(c);
    const { items, nextCursor } = pageOf(c, rows, asked.limit, ({ id }) => ({ id }));
    return c.json({ items: items.map(operationOf), nextCursor }, 200);
  })
  .handle(getOperation, async (c) => {
    const operation = await detail(c, c.req.valid("param").id);
    const { phase, counts, undoneBy } = operation;
    // All that can still change of it.
    const etag = `"${[phase, ...Object.values(counts), undoneBy ?? "-"].join(".")}"`;
    const headers = { ETag: etag, ...(phase === "done" ? {} : { "Retry-After": POLL_SECONDS }) };
    if (isCached(c, etag)) return c.body(null, 304, headers);
    return c.json(operation, 200, headers);
  })
  .handle(getItems, async (c) => {
    const { state } = c.req.valid("query");
    const asked = pageAsked(c.req.valid("query"), { startsAt: "instant", id: UUID });
    const { id } = c.req.valid("param");
    const { db } = c.get("services");
    const read = await listOperationItems(db, c.get("caller"), id, { ...asked, state }, c.get("requestId"));
    const { items, nextCursor } = pageOf(c, found(c, read), asked.limit, ({ from, appointmentId }) => ({
      startsAt: from.startsAt,
      id: appointmentId,
    }));
    return c.json({ items: items.map(operationItemOf), nextCursor }, 200);
  })
  .handle(previewUndoing, async (c) => {
    return c.json(await undoing(c, c.req.valid("param").id), 200);
  })
  .handle(undo, async (c) => {
    const input = c.req.valid("json");
    const { id } = c.req.valid("param");
    const act = await actOf(c, input);
    const outcome = await commit(c, undoOperation(c.get("services").db, act, { operationId: id, ...input }));
    if (outcome.kind === "refused") {
      if (!outcome.why) throw unavailable(1);
      // The preview that staff agreed to is outdated: answer the present one.
      if (outcome.why.code === "preview-stale") throw new ProblemError("preview-stale", { plan: await undoing(c, id) });
      throw undoProblem(outcome.why);
    }
    scheduleNotifications(c, outcome.dueAt);
    const { operationId } = outcome.result;
    return c.json(await detail(c, operationId), 201, { Location: `/api/v1/operations/${operationId}` });
  });
