import { createRoute } from "@hono/zod-openapi";
import * as z from "zod/v4";
import { CreateHold, Hold } from "#contract/holds.ts";
import { Id } from "#contract/common.ts";
import { findHold } from "#db/queries/holds.ts";
import { findSlotFate } from "#db/queries/slot-fate.ts";
import type { HoldLimit } from "#db/transactions/allowance.ts";
import { extendHold } from "#db/transactions/extend-hold.ts";
import { hold } from "#db/transactions/hold.ts";
import { releaseHold } from "#db/transactions/release-hold.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { actOf, commit, noActor, overrideOf, patientOf } from "#http/act.ts";
import { authenticate } from "#http/middleware/authenticate.ts";
import { holdOf } from "#http/presenters/rows.ts";
import { holdExpired, slotTaken } from "#http/problems/refusal.ts";
import { body, json, problems, router, writeProblems } from "#http/router.ts";

const params = z.object({ id: Id });
const shared = { tags: ["Booking"], middleware: authenticate("patient", "staff") };

const createHold = createRoute({
  ...shared,
  method: "post",
  path: "/holds",
  operationId: "createHold",
  summary: "Hold a named slot, or the first free one",
  request: { body: body(CreateHold) },
  responses: {
    201: json(Hold, "Held until expiresAt"),
    ...writeProblems("not-found", "slot-taken", "hold-limit"),
  },
});

const getHold = createRoute({
  ...shared,
  method: "get",
  path: "/holds/{id}",
  operationId: "getHold",
  summary: "A live hold of one's own",
  request: { params },
  responses: { 200: json(Hold, "The hold"), ...problems("unauthenticated", "forbidden", "hold-expired") },
});

const extend = createRoute({
  ...shared,
  method: "post",
  path: "/holds/{id}/extend",
  operationId: "extendHold",
  summary: "Keep a hold for another full length",
  request: { params },
  responses: {
    200: json(Hold, "Held for longer"),
    ...problems(
      "unauthenticated",
      "forbidden",
      "not-found",
      "hold-expired",
      "hold-limit",
      "idempotency-in-flight",
      "idempotency-key-reused",
    ),
  },
});

const release = createRoute({
  ...shared,
  method: "delete",
  path: "/holds/{id}",
  operationId: "releaseHold",
  summary: "Let a held slot go; repeatable",
  request: { params },
  responses: { 204: { description: "Not held (any more)" }, ...problems("unauthenticated", "forbidden") },
});

export const holds = router()
  .openapi(createHold, async (c) => {
    const input = c.req.valid("json");
    const { patientId: named, ...target } = input;
    const patientId = patientOf(c, named);
    const override = overrideOf(c, "override" in input ? input.override : undefined);
    // An empty request must not hold the first slot there is: `{}` says so, silence does not.
    if (c.req.header("Content-Type") === undefined) throw new ProblemError("unsupported-media-type");
    const act = await actOf(c, input);
    const { db } = c.get("services");
    const outcome = await commit(c, hold(db, act, patientId, target, override));
    if (outcome.kind === "done") {
      return c.json(holdOf(outcome.result), 201, { Location: `/api/v1/holds/${outcome.result.id}` });
    }
    const { patientKnown, why, fate } = outcome;
    if (!patientKnown) throw new ProblemError("not-found");
    if (why) throw limit(why);
    if (!fate || ("slotId" in target && !fate.exists)) throw new ProblemError("not-found");
    throw slotTaken(fate);
  })
  .openapi(getHold, async (c) => {
    const { known, hold: found } = await findHold(c.get("services").db, c.get("caller"), c.req.valid("param").id);
    if (!known) throw noActor(c);
    if (!found) {
      const asked = { holdId: c.req.valid("param").id };
      throw holdExpired(await findSlotFate(c.get("services").db, c.get("caller"), asked));
    }
    return c.json(holdOf(found), 200);
  })
  .openapi(extend, async (c) => {
    const { id } = c.req.valid("param");
    const { db } = c.get("services");
    const outcome = await commit(c, extendHold(db, await actOf(c, null), id));
    if (outcome.kind === "done") return c.json(holdOf(outcome.result), 200);
    const { patientKnown, why, fate } = outcome;
    if (why) throw limit(why);
    if (!fate) throw new ProblemError("not-found");
    if (fate.expiresInMs === null) throw holdExpired(fate);
    // It is held by somebody for whom nobody may act any more.
    if (!patientKnown) throw new ProblemError("not-found");
    throw new ProblemError("hold-limit", { expiresInMs: fate.expiresInMs });
  })
  .openapi(release, async (c) => {
    await commit(c, releaseHold(c.get("services").db, await actOf(c, null), c.req.valid("param").id));
    return c.body(null, 204);
  });

/** Holding time is used up. */
function limit({ resetsAt, zone }: HoldLimit): ProblemError {
  return new ProblemError("hold-limit", { resetsAt: formatInstant(resetsAt, zone) });
}
