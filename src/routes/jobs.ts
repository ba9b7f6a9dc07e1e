import { Hono } from "hono";
import type * as z from "zod/v4";
import { readJson } from "#lib/json.ts";
import type { App, Services } from "#src/context.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { isKeepable } from "#http/validate.ts";

/** A job as the callbacks see it: the shape of its body, and one run of it. */
export interface Job {
  payload: () => z.ZodType;
  runOnce: (services: Services, payload: unknown) => Promise<void>;
}

/**
 * `POST /jobs/{name}`: QStash's signed callbacks. A bad or replayed signature is 401 and changes nothing. A payload that no
 * job understands is marked as final (489, QStash's convention). A run that fails is retried.
 */
export function jobs(table: Record<string, Job>) {
  return new Hono<App>().post("/:name", async (c) => {
    const { queue, sessions, log } = c.get("services");
    const name = c.req.param("name");
    const job = Object.hasOwn(table, name) ? table[name] : undefined;
    const text = await c.req.text();
    const id = await queue.verify(name, c.req.header("Upstash-Signature") ?? "", text);
    if (id === null || !(await sessions.isFirstUse(id))) throw new ProblemError("unauthenticated");
    const payload = job?.payload().safeParse(readJson(text));
    if (!job || !payload?.success || !isKeepable(payload.data))
      return c.body(null, 489 as 400, { "Upstash-NonRetryable-Error": "true" });
    const started = performance.now();
    const run = job.runOnce(c.get("services"), payload.data);
    c.executionCtx.waitUntil(run.catch(() => undefined));
    await run;
    const retried = Number(c.req.header("Upstash-Retried") ?? 0);
    log("job", { job: name, retried, durationMs: Math.round(performance.now() - started) });
    return c.body(null, 204);
  });
}
