import type { Context } from "hono";
import { ById } from "#contract/common.ts";
import type { Task } from "#contract/answers/tasks.ts";
import { TasksQuery } from "#contract/requests/tasks.ts";
import { listDeliveries } from "#db/queries/deliveries.ts";
import { type TaskRow, listTasks } from "#db/queries/tasks.ts";
import { type TaskRefusal, finishTask } from "#db/verbs/tasks.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { UUID } from "#lib/cursor.ts";
import { referenceOf } from "#domain/reference.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { actOf, commit, found, versionsOf } from "#http/act.ts";
import { pageAsked, pageOf } from "#http/paging.ts";
import { deliveryOf } from "#http/presenters/history.ts";
import { type Route, Router } from "#http/router.ts";
import { scheduleAgain } from "#http/schedule-notification.ts";
import { etagOf, versionConflict } from "#http/etag.ts";
import type { App } from "#src/context.ts";

const roles = ["staff"] as const;

const getTasks = { method: "get", path: "/tasks", operationId: "listTasks", roles, query: TasksQuery } satisfies Route;

const finish = {
  method: "post",
  path: "/tasks/{id}/done",
  operationId: "finishTask",
  roles,
  params: ById,
} satisfies Route;

const runAgain = {
  method: "post",
  path: "/tasks/{id}/run-again",
  operationId: "runTaskAgain",
  roles,
  params: ById,
} satisfies Route;

const getDeliveries = {
  method: "get",
  path: "/appointments/{id}/deliveries",
  operationId: "listDeliveries",
  roles,
  params: ById,
} satisfies Route;

export const tasks = new Router()
  .handle(getTasks, async (c) => {
    const { status, kind } = c.req.valid("query");
    const asked = pageAsked(c.req.valid("query"), { createdAt: "instant", id: UUID });
    const filter = { ...asked, status, kind };
    const rows = found(c, await listTasks(c.get("services").db, c.get("caller"), filter, c.get("requestId")));
    const { items, nextCursor } = pageOf(c, rows, asked.limit, ({ createdAt, id }) => ({ createdAt, id }));
    return c.json({ items: items.map(taskOf), nextCursor }, 200);
  })
  .handle(finish, async (c) => {
    const task = await finished(c, c.req.valid("param").id, false);
    return c.json(taskOf(task), 200, etagOf(task));
  })
  .handle(runAgain, async (c) => {
    const task = await finished(c, c.req.valid("param").id, true);
    scheduleAgain(c, String(task.detail["job"]), task.id);
    return c.json(taskOf(task), 200, etagOf(task));
  })
  .handle(getDeliveries, async (c) => {
    const { db } = c.get("services");
    const read = await listDeliveries(db, c.get("caller"), c.req.valid("param").id, c.get("requestId"));
    return c.json({ items: found(c, read).map(deliveryOf) }, 200);
  });

/** The task, done. @throws {ProblemError} for a refusal */
async function finished(c: Context<App>, taskId: string, runsAgain: boolean): Promise<TaskRow> {
  const verb = { taskId, versions: versionsOf(c), runsAgain };
  const outcome = await commit(c, finishTask(c.get("services").db, await actOf(c, {}), verb));
  if (outcome.kind === "refused") throw refusalOf(outcome.why);
  return outcome.result;
}

function taskOf({ zone, ...row }: TaskRow): Task {
  return {
    ...row,
    reference: row.appointmentId && referenceOf(row.appointmentId),
    createdAt: formatInstant(row.createdAt, zone),
    doneAt: row.doneAt === null ? null : formatInstant(row.doneAt, zone),
  };
}

function refusalOf(why: TaskRefusal): ProblemError {
  switch (why.code) {
    case "version-conflict":
      return versionConflict(why);
    case "wrong-state":
      return new ProblemError(why.code, { current: why.current });
    case "not-found":
      return new ProblemError("not-found");
  }
}
