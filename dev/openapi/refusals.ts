import { PROBLEMS, type ProblemCode } from "#contract/problem.ts";
import { REFUSALS } from "#contract/answers/refusals.ts";
import type { Route } from "#http/router.ts";
import type { Description } from "#reference/describe.ts";
import type { HeaderName, HeaderUse } from "#reference/headers.ts";
import { exampleOf } from "./examples.ts";
import type { Parts } from "./parts.ts";

/** Every code that an operation can be refused with: its own, and those of every operation of its kind. */
export function codesOf(route: Route, description: Description): ProblemCode[] {
  const { keyed, versioned, previewed, unlimited, refusals = [] } = description;
  const reads = route.params ?? route.query ?? route.body ?? keyed ?? versioned;
  const codes = [
    ...(reads ? (["invalid-request"] as const) : []),
    ...(route.roles ? (["unauthenticated", "forbidden"] as const) : []),
    ...refusals,
    ...(keyed ? (["idempotency-in-flight", "idempotency-key-reused"] as const) : []),
    ...(versioned ? (["version-conflict", "precondition-required"] as const) : []),
    ...(previewed ? (["preview-stale", "precondition-required"] as const) : []),
    ...(isWrite(route) ? (["payload-too-large", "unsupported-media-type"] as const) : []),
    ...(unlimited ? [] : (["api-key-refused", "rate-limited"] as const)),
    "internal",
    "dependency-unavailable",
  ] satisfies ProblemCode[];
  return [...new Set(codes)];
}

export function isWrite({ method }: Route): boolean {
  return method !== "get";
}

/** Headers of refusals, besides those of every answer. */
const CARRY: Partial<Record<ProblemCode, HeaderUse[]>> = {
  unauthenticated: ["WWW-Authenticate?"],
  "wrong-state": ["Retry-After?"],
  "idempotency-in-flight": ["Retry-After"],
  "rate-limited": ["Retry-After", "RateLimit-Policy", "RateLimit"],
  "dependency-unavailable": ["Retry-After"],
};

/** The refusals of an operation by status. If a status has several codes, `code` says which one it is. */
export function refusalAnswers(parts: Parts, codes: readonly ProblemCode[]): Record<string, object> {
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => {
      const [only, ...others] = list;
      if (only === undefined || others.length > 0) return [status, answerOf(parts, list)];
      parts.responses[only] = answerOf(parts, list);
      return [status, { $ref: `#/components/responses/${only}` }];
    }),
  );
}

function answerOf(parts: Parts, codes: readonly ProblemCode[]): object {
  const schemas = codes.map((code) => parts.schemas.of(REFUSALS[code], "output"));
  const mapping = Object.fromEntries(codes.map((code, index) => [code, schemas[index]?.$ref]));
  const carried = codes.map((code) => CARRY[code] ?? []);
  // Only what every one of them carries is certain.
  const certain = (use: HeaderUse) => carried.every((uses) => uses.includes(use));
  const uses = carried
    .flat()
    .map((use): HeaderUse => (certain(use) || use.endsWith("?") ? use : `${use as HeaderName}?`));
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join("; "),
    headers: parts.headers([...new Set(uses)]),
    content: {
      "application/problem+json": {
        schema:
          schemas.length === 1 ? schemas[0] : { oneOf: schemas, discriminator: { propertyName: "code", mapping } },
        examples: Object.fromEntries(
          codes.map((code, index) => [code, { value: exampleOf(parts.schemas, schemas[index] ?? {}, false) }]),
        ),
      },
    },
  };
}
