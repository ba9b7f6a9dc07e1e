import { identityAnswers } from "#adapters/identity.ts";
import type { Readiness } from "#contract/answers/health.ts";
import { type ReadinessRow, readReadiness } from "#db/queries/clinic.ts";
import { ZONE_MONTHS, judgeReadiness } from "#domain/readiness.ts";
import type { Services } from "#src/context.ts";
import { type Route, Router } from "#http/router.ts";

const getHealth = { method: "get", path: "/health", operationId: "getHealth" } satisfies Route;
const getReadiness = { method: "get", path: "/health/ready", operationId: "getReadiness" } satisfies Route;

/** The endpoint is public, so each isolate asks the dependencies at most once in this many milliseconds. */
const REMEMBERED_MS = 2_000;

let last: { at: number; readiness: Readiness } | null = null;

export const health = new Router()
  .handle(getHealth, (c) => c.json({ status: "ok" } as const, 200))
  .handle(getReadiness, async (c) => {
    if (!last || Date.now() - last.at >= REMEMBERED_MS) {
      last = { at: Date.now(), readiness: await ask(c.get("services")) };
    }
    return last.readiness.status === "not-ready" ? c.json(last.readiness, 503) : c.json(last.readiness, 200);
  });

async function ask({ db, build, sessions, queue, env }: Services): Promise<Readiness> {
  const [row, session, queued, identity] = await Promise.all([
    readReadiness(db, ZONE_MONTHS).catch((): ReadinessRow | null => null),
    sessions.answers(),
    queue.answers(),
    identityAnswers(env.ISSUER),
  ]);
  const known = row && judgeReadiness(row, Date.now());
  const word = (answers: boolean) => (answers ? ("ok" as const) : ("unavailable" as const));
  const isWell =
    known &&
    session &&
    queued &&
    identity &&
    !known.notifications.late &&
    !known.audit.late &&
    !known.clock.off &&
    known.zones.different.length === 0;
  return {
    status: !known ? "not-ready" : isWell ? "ready" : "degraded",
    ...build,
    functions: db.functions,
    dependencies: {
      database: word(known !== null),
      sessions: word(session),
      queue: word(queued),
      identity: word(identity),
    },
    notifications: known?.notifications ?? null,
    audit: known?.audit ?? null,
    clock: known?.clock ?? null,
    zones: known?.zones ?? null,
  };
}
