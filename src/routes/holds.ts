import * as z from "zod/v4";
import { CreateHold } from "#contract/holds.ts";
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
import { holdOf } from "#http/presenters/rows.ts";
import { holdExpired, slotTaken } from "#http/problems/refusal.ts";
import { type Route, Router } from "#http/router.ts";

const params = z.object({ id: Id });
const roles = ["patient", "staff"] as const;

const createHold = {
  method: "post",
  path: "/holds",
  operationId: "createHold",
  roles,
  body: CreateHold,
  // An empty request must not hold the first free slot: `{}` asks for that, silence does not.
  explicitBody: true,
} satisfies Route;
const getHold = { method: "get", path: "/holds/{id}", operationId: "getHold", roles, params } satisfies Route;
const extend = { method: "post", path: "/holds/{id}/extend", operationId: "extendHold", roles, params } satisfies Route;
const release = { method: "delete", path: "/holds/{id}", operationId: "releaseHold", roles, params } satisfies Route;

export const holds = new Router()
  .handle(createHold, async (c) => {
    const input = c.req.valid("json");
    const { patientId: named, ...target } = input;
    const patientId = patientOf(c, named);
    const override = overrideOf(c, "override" in input ? input.override : undefined);
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
  .handle(getHold, async (c) => {
    const { known, hold: found } = await findHold(c.get("services").db, c.get("caller"), c.req.valid("param").id);
    if (!known) throw noActor(c);
    if (!found) {
      const asked = { holdId: c.req.valid("param").id };
      throw holdExpired(await findSlotFate(c.get("services").db, c.get("caller"), asked));
    }
    return c.json(holdOf(found), 200);
  })
  .handle(extend, async (c) => {
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
  .handle(release, async (c) => {
    await commit(c, releaseHold(c.get("services").db, await actOf(c, null), c.req.valid("param").id));
    return c.body(null, 204);
  });

/** Holding time is used up. */
function limit({ resetsAt, zone }: HoldLimit): ProblemError {
  return new ProblemError("hold-limit", { resetsAt: formatInstant(resetsAt, zone) });
}
