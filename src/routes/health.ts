import { identityAnswers } from "#adapters/identity.ts";
import type { Health } from "#contract/answers/health.ts";
import { ping } from "#db/queries/clinic.ts";
import type { Services } from "#src/context.ts";
import { type Route, Router } from "#http/router.ts";

const getHealth = { method: "get", path: "/health", operationId: "getHealth" } satisfies Route;

/** The endpoint is public, so each isolate asks the dependencies at most once in this many milliseconds. */
const REMEMBERED_MS = 2_000;

interface Answers {
  at: number;
  health: Health;
}

let last: Answers | null = null;

export const health = new Router().handle(getHealth, async (c) => {
  if (!last || Date.now() - last.at >= REMEMBERED_MS) last = { at: Date.now(), health: await ask(c.get("services")) };
  return last.health.status === "down" ? c.json(last.health, 503) : c.json(last.health, 200);
});

async function ask({ db, sessions, queue, env }: Services): Promise<Health> {
  const answers = await Promise.all([
    ping(db).then(
      () => true,
      () => false,
    ),
    sessions.answers(),
    queue.answers(),
    identityAnswers(env.ISSUER),
  ]);
  const [database, session, queued, identity] = answers.map((ok): "ok" | "unavailable" => (ok ? "ok" : "unavailable"));
  return {
    status: !answers[0] ? "down" : answers.every(Boolean) ? "ok" : "degraded",
    dependencies: {
      database: database ?? "unavailable",
      sessions: session ?? "unavailable",
      queue: queued ?? "unavailable",
      identity: identity ?? "unavailable",
    },
  };
}
