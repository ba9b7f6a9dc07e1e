import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import { TokenRefused, verifyAccessToken } from "#adapters/identity.ts";
import { SessionsUnavailable } from "#adapters/sessions.ts";
import type { Caller, Role } from "#contract/caller.ts";
import type { App } from "#src/context.ts";
import { limitPerson } from "#http/middleware/limit-rate.ts";
import { ProblemError } from "#http/problems/problem.ts";

export const SESSION_COOKIE = "__Host-session";

/** A bearer token that is wrong is an error even where none is needed: it is never silently ignored. */
async function fromBearer(c: Context<App>, header: string): Promise<Caller> {
  const token = bearerToken(header);
  const { ISSUER: issuer, AUDIENCE: audience, ROLE_CLAIM: roleClaim } = c.get("services").env;
  try {
    if (!token) throw new TokenRefused("form");
    return await verifyAccessToken(token, { issuer, audience, roleClaim }, (work) => c.executionCtx.waitUntil(work));
  } catch (error) {
    if (error instanceof TokenRefused) throw invalidToken();
    throw error;
  }
}

/** The token in an Authorization header (RFC 6750 2.1). */
export function bearerToken(header: string): string | undefined {
  return /^Bearer ([^\s]+)$/i.exec(header)?.[1];
}

/** 401 for a token that is wrong or no longer counts (RFC 6750 3.1). */
export function invalidToken(): ProblemError {
  return new ProblemError("unauthenticated", {}, { "WWW-Authenticate": 'Bearer error="invalid_token"' });
}

/**
 * The caller by access token or session cookie; 401 without one, 403 when their role may not do this. The database decides
 * in each statement which rows the person may use.
 */
export const authenticate = (roles: readonly [Role, ...Role[]], dear?: "search" | "costly") =>
  createMiddleware<App>(async (c, next) => {
    const services = c.get("services");
    const header = c.req.header("Authorization");
    const cookie = getCookie(c, SESSION_COOKIE);
    c.set("idleEndsAt", null);
    if (header) {
      c.set("caller", await fromBearer(c, header));
    } else if (cookie) {
      const session = await services.sessions.resume(cookie);
      if (!session) throw new ProblemError("unauthenticated");
      c.set("caller", session.caller);
      c.set("idleEndsAt", session.idleEndsAt);
    } else {
      throw new ProblemError("unauthenticated", {}, { "WWW-Authenticate": "Bearer" });
    }
    await limitPerson(c, dear);
    if (!roles.includes(c.get("caller").role)) throw new ProblemError("forbidden");
    await next();
  });

/**
 * The caller of a public page if there is one. With an old cookie, or without Redis, they are a visitor. What they claim
 * to be is worth what the database knows: the read must ask it (find_caller).
 */
export async function visitor(c: Context<App>): Promise<Caller | null> {
  const header = c.req.header("Authorization");
  if (header) return fromBearer(c, header);
  const cookie = getCookie(c, SESSION_COOKIE);
  if (!cookie) return null;
  const session = await c
    .get("services")
    .sessions.resume(cookie)
    .catch((error: unknown) => {
      if (error instanceof SessionsUnavailable) return null;
      throw error;
    });
  return session?.caller ?? null;
}
