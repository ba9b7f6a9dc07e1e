import { createRoute } from "@hono/zod-openapi";
import { identityAnswers } from "#adapters/identity.ts";
import { Health } from "#contract/health.ts";
import { ping } from "#db/queries/clinic.ts";
import { json, router } from "./middleware/router.ts";

const getHealth = createRoute({
  method: "get",
  path: "/health",
  operationId: "getHealth",
  tags: ["Service"],
  summary: "Liveness, and which dependencies answer",
  responses: {
    200: json(Health, "ok, or degraded: bookings work"),
    503: json(Health, "down: the database does not answer"),
  },
});

export const health = router().openapi(getHealth, async (c) => {
  const { db, sessions, queue, env } = c.get("services");
  const database = ping(db).then(
    () => true,
    () => false,
  );
  const [databaseOk, sessionsOk, queueOk, identityOk] = await Promise.all([
    database,
    sessions.answers(),
    queue.answers(),
    identityAnswers(env.ISSUER),
  ]);
  const word = (ok: boolean): "ok" | "unavailable" => (ok ? "ok" : "unavailable");
  const dependencies = {
    database: word(databaseOk),
    sessions: word(sessionsOk),
    queue: word(queueOk),
    identity: word(identityOk),
  };
  c.header("Cache-Control", "no-store");
  if (!databaseOk) return c.json({ status: "down" as const, dependencies }, 503);
  return c.json(
    { status: sessionsOk && queueOk && identityOk ? ("ok" as const) : ("degraded" as const), dependencies },
    200,
  );
});
