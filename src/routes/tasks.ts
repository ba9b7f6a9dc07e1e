import { createRoute } from "@hono/zod-openapi";
import * as z from "zod/v4";
import { IfMatch } from "#contract/appointments.ts";
import { Id } from "#contract/common.ts";
import { Deliveries, type Delivery, Task, Tasks, TasksQuery } from "#contract/tasks.ts";
import { type DeliveryRow, listDeliveries } from "#db/queries/deliveries.ts";
import { type TaskRow, listTasks } from "#db/queries/tasks.ts";
import { type TaskRefusal, finishTask } from "#db/transactions/finish-task.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { UUID } from "#lib/cursor.ts";
import { referenceOf } from "#domain/reference.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { actOf, commit, found, noActor, versionsOf } from "#http/act.ts";
import { authenticate } from "#http/middleware/authenticate.ts";
import { pageAsked, pageOf } from "#http/paging.ts";
import { json, problems, router } from "#http/router.ts";
import { etagOf, versionConflict, versioned } from "#http/etag.ts";

const shared = { tags: ["Telling"], middleware: authenticate("staff") };

const getTasks = createRoute({
  ...shared,
  method: "get",
  path: "/tasks",
  operationId: "listTasks",
  summary: "What about telling patients needs a person, the oldest first",
  request: { query: TasksQuery },
  responses: { 200: json(Tasks, "By when they were opened"), ...problems("unauthenticated", "forbidden") },
});

const finish = createRoute({
  ...shared,
  method: "post",
  path: "/tasks/{id}/done",
  operationId: "finishTask",
  summary: "Say that a task has been seen to",
  request: { params: z.object({ id: Id }), headers: IfMatch },
  responses: {
    200: versioned(Task, "The task, done"),
    ...problems(
      "unauthenticated",
      "forbidden",
      "not-found",
      "wrong-state",
      "idempotency-in-flight",
      "version-conflict",
      "idempotency-key-reused",
      "precondition-required",
    ),
  },
});

const getDeliveries = createRoute({
  ...shared,
  method: "get",
  path: "/appointments/{id}/deliveries",
  operationId: "listDeliveries",
  summary: "What was sent about an appointment, when, and whether it arrived; reading it is noted in the audit trail",
  request: { params: z.object({ id: Id }) },
  responses: {
    200: json(Deliveries, "The latest first, at most a hundred"),
    ...problems("unauthenticated", "forbidden", "not-found"),
  },
});

export const tasks = router()
  .openapi(getTasks, async (c) => {
    const { status, kind } = c.req.valid("query");
    const asked = pageAsked(c.req.valid("query"), { createdAt: "instant", id: UUID });
    const filter = { ...asked, status, kind };
    const rows = await listTasks(c.get("services").db, c.get("caller"), filter, c.get("requestId"));
    if (!rows) throw noActor(c);
    const { items, nextCursor } = pageOf(c, rows, asked.limit, ({ createdAt, id }) => ({ createdAt, id }));
    return c.json({ items: items.map(taskOf), nextCursor }, 200);
  })
  .openapi(finish, async (c) => {
    const act = await actOf(c, {});
    const verb = finishTask(c.get("services").db, act, { taskId: c.req.valid("param").id, versions: versionsOf(c) });
    const outcome = await commit(c, verb);
    if (outcome.kind === "refused") throw refusalOf(outcome.why);
    return c.json(taskOf(outcome.result), 200, etagOf(outcome.result));
  })
  .openapi(getDeliveries, async (c) => {
    const { db } = c.get("services");
    const read = await listDeliveries(db, c.get("caller"), c.req.valid("param").id, c.get("requestId"));
    return c.json({ items: found(c, read).map(deliveryOf) }, 200);
  });

function taskOf({ zone, ...row }: TaskRow): Task {
  return {
    ...row,
    reference: row.appointmentId && referenceOf(row.appointmentId),
    createdAt: formatInstant(row.createdAt, zone),
    doneAt: row.doneAt === null ? null : formatInstant(row.doneAt, zone),
  };
}

function deliveryOf({ zone, ...row }: DeliveryRow): Delivery {
  const at = (instant: number | null) => (instant === null ? null : formatInstant(instant, zone));
  return {
    ...row,
    startedAt: formatInstant(row.startedAt, zone),
    finishedAt: at(row.finishedAt),
    feedbackAt: at(row.feedbackAt),
  };
}

function refusalOf(why: TaskRefusal | null): ProblemError {
  switch (why?.code) {
    case "version-conflict":
      return versionConflict(why);
    case "wrong-state":
      return new ProblemError(why.code, { current: why.current });
    case undefined:
      return new ProblemError("not-found");
  }
}
