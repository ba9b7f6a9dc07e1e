import { createRoute } from "@hono/zod-openapi";
import { IfMatch } from "#contract/appointments.ts";
import { Policy, UpdatePolicy } from "#contract/policy.ts";
import { type PolicyRow, readPolicy } from "#db/queries/policy.ts";
import { type PolicyRefusal, changePolicy } from "#db/transactions/change-policy.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { POLICY, type PolicyValues } from "#domain/policy.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { actOf, commit, noActor, versionsOf } from "#http/act.ts";
import { authenticate } from "#http/middleware/authenticate.ts";
import { body, problems, router } from "#http/router.ts";
import { etagOf, versionConflict, versioned, versionedProblems } from "#http/etag.ts";

const shared = { path: "/policy", tags: ["Clinic"], middleware: authenticate("staff") };

const getPolicy = createRoute({
  ...shared,
  method: "get",
  operationId: "getPolicy",
  summary: "Every setting of the clinic with its bounds",
  responses: {
    200: versioned(Policy, "Settings, bounds, defaults and units"),
    ...problems("unauthenticated", "forbidden"),
  },
});

const patchPolicy = createRoute({
  ...shared,
  method: "patch",
  operationId: "changePolicy",
  summary: "Change settings; those left out stay as they are",
  request: { headers: IfMatch, body: body(UpdatePolicy) },
  responses: {
    200: versioned(Policy, "The settings from now on"),
    ...versionedProblems(),
  },
});

export const policy = router()
  .openapi(getPolicy, async (c) => {
    const row = await readPolicy(c.get("services").db, c.get("caller"));
    if (!row) throw noActor(c);
    return c.json(policyOf(row), 200, etagOf(row));
  })
  .openapi(patchPolicy, async (c) => {
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

function refusalOf(why: PolicyRefusal | null): ProblemError {
  if (why?.code === "version-conflict") return versionConflict(why);
  if (why?.code === "out-of-order") {
    const detail = `${why.low} must not exceed ${why.high}`;
    const errors = [why.low, why.high].map((name) => ({ pointer: `/${name}`, detail }));
    return new ProblemError("invalid-request", { errors });
  }
  return new ProblemError("internal");
}
