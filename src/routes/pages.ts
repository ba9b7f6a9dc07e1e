import { Hono } from "hono";
import type { App } from "#src/context.ts";
import { ProblemError } from "#http/problems/problem.ts";

/**
 * The apps' deep links: every path without a file ending is the staff app below /staff and the patient app elsewhere. A
 * missing file is 404, never a page, so that no cache keeps HTML as a script.
 */
export const pages = new Hono<App>().get("*", async (c) => {
  const url = new URL(c.req.url);
  if (/\.[a-z0-9]+$/i.test(url.pathname)) throw new ProblemError("not-found");
  url.pathname = /^\/staff(\/|$)/.test(url.pathname) ? "/staff/" : "/";
  url.search = "";
  const page = await c.env.ASSETS.fetch(new Request(url, { headers: c.req.raw.headers }));
  if (page.status === 404) throw new ProblemError("not-found");
  const { origin } = new URL(c.get("services").env.ISSUER);
  const answer = new Response(page.body, page);
  answer.headers.set(
    "Content-Security-Policy",
    `default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; ` +
      `connect-src 'self' ${origin}; frame-ancestors 'none'; base-uri 'none'; form-action 'self'`,
  );
  answer.headers.set("Cache-Control", "no-cache");
  return answer;
});
