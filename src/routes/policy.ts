import type { Policy } from "#contract/answers/policy.ts";
import { UpdatePolicy } from "#contract/requests/policy.ts";
import { type PolicyRow, readPolicy } from "#db/queries/policy.ts";
import { type PolicyRefusal, changePolicy } from "#db/verbs/policy.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { POLICY, type PolicyValues } from "#domain/policy.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { actOf, commit, noActor, versionsOf } from "#http/act.ts";
import { type Route, Router } from "#http/router.ts";
import { administrationRefusalOf } from "#http/records.ts";
import { etagOf, versionConflict } from "#http/etag.ts";

const path = "/policy";
const roles = ["staff"] as const;

const getPolicy = { method: "get", path, operationId: "getPolicy", roles } satisfies Route;
const patchPolicy = { method: "patch", path, operationId: "changePolicy", roles, body: UpdatePolicy } satisfies Route;

export const policy = new Router()
  .handle(getPolicy, async (c) => {
    const row = await readPolicy(c.get("services").db, c.get("caller"));
    if (!row) throw noActor(c);
    return c.json(policyOf(row), 200, etagOf(row));
  })
  .handle(patchPolicy, async (c) => {
    const changes = c.req.valid("json") as Partial<PolicyValues>;
    const verb = { versions: versionsOf(c), changes };
    const outcome = await commit(c, changePolicy(c.get("services").db, await actOf(c, changes), verb));
    if (outcome.kind === "refused") throw refusalOf(outcome.why);
    return c.json(policyOf(outcome.result), 200, etagOf(outcome.result));
  });

function policyOf({ values, changedBy, changedAt, zone }: PolicyRow): Policy {
  return {
    ...values,
    bounds: POLICY as unknown as Policy["bounds"],
    changedBy,
    changedAt: formatInstant(changedAt, zone),
  };
}

function refusalOf(why: PolicyRefusal): ProblemError {
  if (why.code === "version-conflict") return versionConflict(why);
  if (why.code === "out-of-order") {
    const detail = `${why.low} must not exceed ${why.high}`;
    const errors = [why.low, why.high].map((name) => ({ pointer: `/${name}`, detail }));
    return new ProblemError("invalid-request", { errors });
  }
  return administrationRefusalOf(why);
}
