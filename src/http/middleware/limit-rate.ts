import { createMiddleware } from "hono/factory";
import type { Context } from "hono";
import { LIMITS, type LimitName, addressKey } from "#domain/limits.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { appOf } from "#http/api-keys.ts";
import type { App } from "#src/context.ts";

/**
 * Every request of the API counts for its client address and, with a key, for the app.
 * @throws {ProblemError} `rate-limited`; `api-key-refused` for a key that is made up, ended, or of other pages
 */
export const limitRate = createMiddleware<App>(async (c, next) => {
  // Only the Worker's liveness is answered without any services, so that it works with wrong settings.
  const services: App["Variables"]["services"] | undefined = c.get("services");
  if (!services) return next();
  const app = await appOf(c);
  await Promise.all([
    count(c, "address", addressOf(c)),
    ...(app ? [count(c, `app-${app.tier}` as const, app.clientId)] : []),
  ]);
  await next();
});

/** A request of a person counts for them, and where it is dear, for that as well. */
export async function limitPerson(c: Context<App>, dear?: "search" | "costly"): Promise<void> {
  const { subject } = c.get("caller");
  await Promise.all([count(c, "person", subject), ...(dear ? [count(c, dear, subject)] : [])]);
}

/** A request of an unknown caller that is dear counts for its address. */
export async function limitAddress(c: Context<App>, dear: "search" | "costly" | "first-login"): Promise<void> {
  await count(c, dear, addressOf(c));
}

/** A file with more than a page of the clinic's data counts for the person who asks for it. */
export async function limitExport(c: Context<App>): Promise<void> {
  await count(c, "export", c.get("caller").subject);
}

/** RateLimit-Policy and RateLimit as in draft-ietf-httpapi-ratelimit-headers-11; the counter says only that it is over. */
async function count(c: Context<App>, name: LimitName, who: string): Promise<void> {
  if (await c.get("services").limits.allows(name, who)) return;
  const { requests, seconds } = LIMITS[name];
  throw new ProblemError(
    "rate-limited",
    {},
    {
      "Retry-After": String(seconds),
      "RateLimit-Policy": `"${name}";q=${requests};w=${seconds}`,
      RateLimit: `"${name}";r=0;t=${seconds}`,
    },
  );
}

/** Cloudflare sets the header and removes what a client sends under its name. */
function addressOf(c: Context<App>): string {
  return addressKey(c.req.header("CF-Connecting-IP") ?? "");
}
