import { getCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import { TokenRefused, verifyAccessToken } from "#adapters/identity.ts";
import { SessionsUnavailable } from "#adapters/sessions.ts";
import type { Caller, Role } from "#contract/caller.ts";
import type { App, Services } from "#src/context.ts";
import { ProblemError } from "#http/problems/problem.ts";

export const SESSION_COOKIE = "__Host-session";

/** A bearer token that is wrong is an error even where none is needed: it is never silently ignored. */
async function fromBearer(header: string, services: Services): Promise<Caller> {
  const token = /^Bearer ([^\s]+)$/i.exec(header)?.[1];
  const { ISSUER: issuer, AUDIENCE: audience, ROLE_CLAIM: roleClaim } = services.env;
  try {
    if (!token) throw new TokenRefused("form");
    return await verifyAccessToken(token, { issuer, audience, roleClaim });
  } catch (error) {
    if (error instanceof TokenRefused) {
      throw new ProblemError("unauthenticated", {}, { "WWW-Authenticate": 'Bearer error="invalid_token"' });
    }
    throw error;
  }
}

/**
 * Who is calling, by access token or session cookie; 401 without one, 403 when their role may not do this. What the
 * person may touch is decided by the database, in each statement.
 */
export const authenticate = (...roles: [Role, ...Role[]]) =>
  createMiddleware<App>(async (c, next) => {
    const services = c.get("services");
    const header = c.req.header("Authorization");
    const cookie = getCookie(c, SESSION_COOKIE);
    c.set("idleEndsAt", null);
    if (header) {
      c.set("caller", await fromBearer(header, services));
    } else if (cookie) {
      const session = await services.sessions.resume(cookie);
      if (!session) throw new ProblemError("unauthenticated");
      c.set("caller", session.caller);
      c.set("idleEndsAt", session.idleEndsAt);
    } else {
      throw new ProblemError("unauthenticated", {}, { "WWW-Authenticate": "Bearer" });
    }
    if (!roles.includes(c.get("caller").role)) throw new ProblemError("forbidden");
    await next();
  });

/**
 * The caller of a public page if there is one: an old cookie, or Redis being down, makes a visitor of them, no more.
 */
export async function visitor(services: Services, header: string | undefined, cookie: string | undefined) {
  if (header) return fromBearer(header, services);
  if (!cookie) return null;
  const session = await services.sessions.resume(cookie).catch((error: unknown) => {
    if (error instanceof SessionsUnavailable) return null;
    throw error;
  });
  return session?.caller ?? null;
}
