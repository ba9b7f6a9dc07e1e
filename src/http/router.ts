import { OpenAPIHono } from "@hono/zod-openapi";
import * as z from "zod/v4";
import { sentenceOf } from "#contract/issue.ts";
import { Problem } from "#contract/problem.ts";
import type { ProblemCode } from "#contract/problem.ts";
import { PROBLEMS } from "#contract/problem.ts";
import type { App } from "#src/context.ts";
import { type FieldError, ProblemError } from "#http/problems/problem.ts";

const PREFIX = { json: "", query: "/query", param: "/path", header: "/headers", cookie: "/cookies", form: "" } as const;

// Where no schema says it, what is wrong is said in our words.
z.config({ localeError: sentenceOf });

/** A router whose routes are validated against their schemas and documented from them. */
export function router(): OpenAPIHono<App> {
  return new OpenAPIHono<App>({
    defaultHook: (result) => {
      const found = result.success ? unkeepable(result.data) : fieldErrors(result.error.issues);
      if (result.success && found.length === 0) return;
      const errors = found.map((error) => ({
        ...error,
        pointer: `${PREFIX[result.target]}${error.pointer}`,
      }));
      throw new ProblemError("invalid-request", { errors });
    },
  });
}

/** Texts that PostgreSQL cannot keep as they are: with a NUL, or with half of a surrogate pair (RFC 8259, section 8.2). */
function unkeepable(value: unknown, path: PropertyKey[] = []): FieldError[] {
  if (typeof value === "string") {
    if (value.isWellFormed() && !value.includes("\0")) return [];
    return [{ pointer: pointerOf(path), detail: "Text must be whole characters, without NUL" }];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => unkeepable(member, [...path, name]));
}

type Issue = z.core.$ZodIssue;

/** Issues as JSON Pointers (RFC 6901). Of a union's branches the one that fits best speaks; unknown members are named. */
function fieldErrors(issues: readonly Issue[], base: PropertyKey[] = []): FieldError[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    if (issue.code === "invalid_union" && issue.errors.length > 0) {
      return fieldErrors(
        issue.errors.reduce((best, branch) => (branch.length < best.length ? branch : best)),
        path,
      );
    }
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({ pointer: pointerOf([...path, key]), detail: "Unknown member" }));
    }
    return [{ pointer: pointerOf(path), detail: issue.message }];
  });
}

function pointerOf(path: PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The problem answers of a route, for its documentation. */
export function problems(...codes: ProblemCode[]) {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of ["invalid-request", ...codes, "internal", "dependency-unavailable"] as const) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      status,
      {
        description: list.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join("; "),
        content: { "application/problem+json": { schema: Problem } },
      },
    ]),
  );
}

/** The problem answers of a write: its own, and what every write that has a body can be refused for. */
export function writeProblems(...codes: ProblemCode[]) {
  return problems(
    "unauthenticated",
    "forbidden",
    ...codes,
    "idempotency-in-flight",
    "unsupported-media-type",
    "idempotency-key-reused",
  );
}

/** A JSON answer, for a route's documentation. */
export function json<Schema>(schema: Schema, description: string) {
  return { description, content: { "application/json": { schema } } };
}

/** A required JSON body, for a route's schema. */
export function body<Schema>(schema: Schema) {
  return { required: true, content: { "application/json": { schema } } };
}
