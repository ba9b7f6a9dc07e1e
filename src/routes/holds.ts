import { ById } from "#contract/common.ts";
import { CreateHold } from "#contract/requests/holds.ts";
import { extendHold, hold, readHold, releaseHold } from "#db/verbs/holds.ts";
import { actOf, commit, overrideOf, patientOf, readerOf } from "#http/act.ts";
import { holdOf } from "#http/presenters/rows.ts";
import { problemOf } from "#http/problems/refusal.ts";
import { type Route, Router } from "#http/router.ts";

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
const getHold = { method: "get", path: "/holds/{id}", operationId: "getHold", roles, params: ById } satisfies Route;
const extend = {
  method: "post",
  path: "/holds/{id}/extend",
  operationId: "extendHold",
  roles,
  params: ById,
} satisfies Route;
const release = {
  method: "delete",
  path: "/holds/{id}",
  operationId: "releaseHold",
  roles,
  params: ById,
} satisfies Route;

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
    throw problemOf(c, outcome.why);
  })
  .handle(getHold, async (c) => {
    const outcome = await commit(c, readHold(c.get("services").db, readerOf(c), c.req.valid("param").id));
    if (outcome.kind === "refused") throw problemOf(c, outcome.why);
    return c.json(holdOf(outcome.result), 200);
  })
  .handle(extend, async (c) => {
    const { id } = c.req.valid("param");
    const outcome = await commit(c, extendHold(c.get("services").db, await actOf(c, null), id));
    if (outcome.kind === "refused") throw problemOf(c, outcome.why);
    return c.json(holdOf(outcome.result), 200);
  })
  .handle(release, async (c) => {
    const { id } = c.req.valid("param");
    const outcome = await commit(c, releaseHold(c.get("services").db, await actOf(c, null), id));
    if (outcome.kind === "refused") throw problemOf(c, outcome.why);
    return c.body(null, 204);
  });
