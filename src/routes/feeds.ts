import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import { linkToken, randomToken } from "#adapters/links.ts";
import { CalendarFeed, NewCalendarFeed, SetCalendarFeed } from "#contract/calendar-feed.ts";
import { feedSince } from "#db/queries/feeds.ts";
import { removeFeed, setFeed } from "#db/transactions/set-feed.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { sha256Hex } from "#lib/encoding.ts";
import type { App } from "#src/context.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { actOf, commit, noActor } from "#http/act.ts";
import { authenticate } from "#http/middleware/authenticate.ts";
import { body, json, problems, router, writeProblems } from "#http/router.ts";

const shared = { path: "/calendar-feed", tags: ["Calendars"], middleware: authenticate("patient", "doctor") };

const getFeed = createRoute({
  ...shared,
  method: "get",
  operationId: "getCalendarFeed",
  summary: "Whether you have a calendar address",
  description: "The address itself is shown when it is made, and kept nowhere.",
  responses: { 200: json(CalendarFeed, "Since when, if you have"), ...problems("unauthenticated", "forbidden") },
});

const postFeed = createRoute({
  ...shared,
  method: "post",
  operationId: "setCalendarFeed",
  summary: "Get a calendar address, or another one instead",
  description:
    "A calendar program subscribes to the address without logging in. A former address stops working at once. The same `Idempotency-Key` answers the same address, which is derived from it and not kept.",
  request: { body: { ...body(SetCalendarFeed), required: false } },
  responses: {
    201: json(NewCalendarFeed, "The address, shown this once"),
    ...writeProblems("not-found"),
  },
});

const deleteFeed = createRoute({
  ...shared,
  method: "delete",
  operationId: "removeCalendarFeed",
  summary: "Make your calendar address stop working",
  responses: {
    204: { description: "There is none any more" },
    ...problems("unauthenticated", "forbidden", "not-found"),
  },
});

export const feeds = router()
  .openapi(getFeed, async (c) => {
    const { known, since, zone } = await feedSince(c.get("services").db, c.get("caller"));
    if (!known) throw noActor(c);
    return c.json({ since: since === null ? null : formatInstant(since, zone) }, 200);
  })
  .openapi(postFeed, async (c) => {
    const { db, env } = c.get("services");
    const act = await actOf(c, c.req.valid("json"));
    const secret = await feedSecret(c, act.idempotency?.key);
    const outcome = await commit(c, setFeed(db, act, await sha256Hex(secret)));
    if (outcome.kind === "refused" || outcome.result.since === null) throw new ProblemError("not-found");
    const { since, zone } = outcome.result;
    return c.json({ url: `${env.PUBLIC_URL}/api/v1/calendar/${secret}.ics`, since: formatInstant(since, zone) }, 201);
  })
  .openapi(deleteFeed, async (c) => {
    const outcome = await commit(c, removeFeed(c.get("services").db, await actOf(c, null)));
    if (outcome.kind === "refused") throw new ProblemError("not-found");
    return c.body(null, 204);
  });

/**
 * Random; or, where the request may come twice, derived from who asks and its key: then the first answer can be given again
 * without having been kept.
 */
async function feedSecret(c: Context<App>, key: string | undefined): Promise<string> {
  if (key === undefined) return randomToken();
  return linkToken(c.get("services").env.LINK_SECRET, "calendar-feed", c.get("caller").subject, key);
}
