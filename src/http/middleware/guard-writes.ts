import { getCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import type { App } from "#src/context.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { SESSION_COOKIE } from "#http/middleware/authenticate.ts";

const UNSAFE = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/**
 * Two rules for every write. A body must be JSON (415). If the session cookie identifies the caller, the request must come
 * from our own pages. It needs the static header (no form can send it), our Origin, and Sec-Fetch-Site. All of them, for
 * each has holes of its own (OWASP CSRF Prevention Cheat Sheet).
 */
export const guardWrites = createMiddleware<App>(async (c, next) => {
  if (!UNSAFE.has(c.req.method)) return next();
  const type = c.req.header("Content-Type");
  const isJson = type !== undefined && /^application\/json\s*(;\s*charset=utf-8\s*)?$/i.test(type);
  const hasBody = c.req.header("Content-Length") !== "0" && c.req.raw.body !== null;
  if (hasBody && !isJson) throw new ProblemError("unsupported-media-type");

  const byCookie = !c.req.header("Authorization") && getCookie(c, SESSION_COOKIE) !== undefined;
  if (byCookie) {
    const site = c.req.header("Sec-Fetch-Site");
    const ours =
      (isJson || c.req.method === "DELETE") &&
      c.req.header("X-Holdfast-Csrf") === "1" &&
      c.req.header("Origin") === new URL(c.get("services").env.PUBLIC_URL).origin &&
      site === "same-origin";
    if (!ours) throw new ProblemError("forbidden", { detail: "The request did not come from the clinic's own pages." });
  }
  await next();
});
