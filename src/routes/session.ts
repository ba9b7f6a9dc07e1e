import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Session } from "#contract/answers/session.ts";
import { EndSessionQuery } from "#contract/requests/session.ts";
import { type PersonRow, findPerson } from "#db/queries/people.ts";
import { beginSession as beginLogin, endSessions, linkLogin } from "#db/verbs/logins.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import type { App } from "#src/context.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { actOf, commit, noActor, readerOf } from "#http/act.ts";
import { SESSION_COOKIE, bearerToken } from "#http/middleware/authenticate.ts";
import { limitAddress } from "#http/middleware/limit-rate.ts";
import { type Route, Router } from "#http/router.ts";

const COOKIE = { path: "/", secure: true, httpOnly: true, sameSite: "Lax" } as const;
const roles = ["patient", "doctor", "staff"] as const;

const beginSession = {
  method: "post",
  path: "/session",
  operationId: "beginSession",
  roles,
  dear: "costly",
} satisfies Route;
const getSession = { method: "get", path: "/session", operationId: "getSession", roles } satisfies Route;

const endSession = {
  method: "delete",
  path: "/session",
  operationId: "endSession",
  roles,
  query: EndSessionQuery,
} satisfies Route;

export const session = new Router()
  .handle(beginSession, async (c) => {
    const caller = c.get("caller");
    // Only a token is exchanged: a session must not beget the next one, or its absolute end would mean nothing.
    if (caller.via !== "bearer") throw new ProblemError("unauthenticated");
    const { db, sessions, env } = c.get("services");
    const begun = await commit(c, beginLogin(db, readerOf(c)));
    if (begun.kind === "refused" && begun.why.code === "forbidden") throw new ProblemError("forbidden");
    const person = begun.kind === "done" ? begun.result : await firstLogin(c);
    const limits = { idleSeconds: person.sessionMinutes * 60, absoluteSeconds: env.SESSION_HOURS * 3600 };
    const cookie = await sessions.begin(
      {
        subject: caller.subject,
        role: person.role,
        sessionVersion: person.sessionVersion,
        secondFactorAt: caller.secondFactorAt,
      },
      limits,
      { token: bearerToken(c.req.header("Authorization") ?? "") ?? "", cookie: getCookie(c, SESSION_COOKIE) },
    );
    setCookie(c, SESSION_COOKIE, cookie, { ...COOKIE, maxAge: limits.absoluteSeconds });
    return c.json(present(c, person, Date.now() + limits.idleSeconds * 1000), 201);
  })
  .handle(getSession, async (c) => {
    const person = await findPerson(c.get("services").db, c.get("caller"));
    if (!person) throw noActor(c);
    return c.json(present(c, person, c.get("idleEndsAt")), 200);
  })
  .handle(endSession, async (c) => {
    const { db, sessions } = c.get("services");
    if (c.req.valid("query").all === "true") await commit(c, endSessions(db, await actOf(c, null)));
    const cookie = getCookie(c, SESSION_COOKIE);
    if (cookie) await sessions.end(cookie);
    deleteCookie(c, SESSION_COOKIE, COOKIE);
    return c.body(null, 204);
  });

/**
 * A token whose subject the database does not know. A patient may be linked to their record. Only the clinic gives doctors
 * and staff a login.
 */
async function firstLogin(c: Context<App>): Promise<PersonRow> {
  const { role, verifiedEmail } = c.get("caller");
  if (role !== "patient") throw new ProblemError("forbidden");
  // Anyone can make logins at the provider, so these count for where they come from.
  await limitAddress(c, "first-login");
  const act = readerOf(c);
  const { db } = c.get("services");
  const linking = linkLogin(db, act, verifiedEmail);
  c.executionCtx.waitUntil(linking.catch(() => undefined));
  const outcome = await linking;
  if (outcome.kind === "done") return outcome.result;
  // Another request with this login linked it at the same moment.
  const person = await findPerson(db, act.caller);
  if (person) return person;
  const why = outcome.kind === "refused" ? outcome.why : null;
  if (!why || why.code === "forbidden") throw new ProblemError("forbidden");
  throw new ProblemError(why.code, { phone: why.phone, emailVerified: verifiedEmail !== null });
}

function present(c: Context<App>, person: PersonRow, idleEndsAt: number | null): Session {
  return {
    role: person.role,
    personId: person.personId,
    name: person.name,
    ...(person.patientId ? { patientId: person.patientId } : {}),
    ...(person.doctorId ? { doctorId: person.doctorId } : {}),
    ...(person.role === "staff" ? { administrator: person.administrator } : {}),
    expiresAt: idleEndsAt === null ? null : formatInstant(Math.floor(idleEndsAt), "UTC"),
  };
}
