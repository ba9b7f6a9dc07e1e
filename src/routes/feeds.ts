import type { Context } from "hono";
import { linkToken, randomToken } from "#adapters/links.ts";
import { SetCalendarFeed } from "#contract/requests/calendar-feed.ts";
import { findFeed } from "#db/queries/feeds.ts";
import { removeFeed, setFeed } from "#db/verbs/feeds.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { sha256Hex } from "#lib/encoding.ts";
import type { App } from "#src/context.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { actOf, commit, found } from "#http/act.ts";
import { type Route, Router } from "#http/router.ts";

const path = "/calendar-feed";
const roles = ["patient", "doctor"] as const;

const getFeed = { method: "get", path, operationId: "getCalendarFeed", roles } satisfies Route;
const postFeed = { method: "post", path, operationId: "setCalendarFeed", roles, body: SetCalendarFeed } satisfies Route;
const deleteFeed = { method: "delete", path, operationId: "removeCalendarFeed", roles } satisfies Route;

export const feeds = new Router()
  .handle(getFeed, async (c) => {
    const { since, zone } = found(c, await findFeed(c.get("services").db, c.get("caller")));
    return c.json({ since: since === null ? null : formatInstant(since, zone) }, 200);
  })
  .handle(postFeed, async (c) => {
    const { db, env } = c.get("services");
    const act = await actOf(c, c.req.valid("json"));
    const secret = await feedSecret(c, act.idempotency?.key);
    const outcome = await commit(c, setFeed(db, act, await sha256Hex(secret)));
    if (outcome.kind === "refused" || outcome.result.since === null) throw new ProblemError("not-found");
    const { since, zone } = outcome.result;
    return c.json({ url: `${env.PUBLIC_URL}/api/v1/calendar/${secret}.ics`, since: formatInstant(since, zone) }, 201);
  })
  .handle(deleteFeed, async (c) => {
    const outcome = await commit(c, removeFeed(c.get("services").db, await actOf(c, null)));
    if (outcome.kind === "refused") throw new ProblemError("not-found");
    return c.body(null, 204);
  });

/**
 * Random, or for a request with a key derived from the person and the key. Then the first answer can be repeated without
 * keeping the secret.
 */
async function feedSecret(c: Context<App>, key: string | undefined): Promise<string> {
  if (key === undefined) return randomToken();
  return linkToken(c.get("services").env.LINK_SECRET, "calendar-feed", c.get("caller").subject, key);
}
