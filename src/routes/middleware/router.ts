import { OpenAPIHono } from "@hono/zod-openapi";
import { Problem } from "#contract/problem.ts";
import type { ProblemCode } from "#contract/problem.ts";
import { PROBLEMS } from "#contract/problem.ts";
import type { App } from "#src/context.ts";
import { ProblemError } from "#src/problem.ts";

const PREFIX = { json: "", query: "/query", param: "/path", header: "/headers", cookie: "/cookies", form: "" } as const;

/** A router whose routes are validated against their schemas and documented from them. */
export function router(): OpenAPIHono<App> {
  return new OpenAPIHono<App>({
    defaultHook: (result) => {
      if (result.success) return;
      const prefix = PREFIX[result.target];
      const errors = result.error.issues.flatMap((issue) =>
        // An unknown member is named by the issue's keys, everything else by its path.
        (issue.code === "unrecognized_keys" ? issue.keys : [undefined]).map((key) => {
          const path = [...issue.path, ...(key === undefined ? [] : [key])];
          const pointer = path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
          return { pointer: `${prefix}${pointer}`, detail: key === undefined ? issue.message : "Unknown member" };
        }),
      );
      throw new ProblemError("invalid-request", { errors });
    },
  });
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

/** A JSON answer, for a route's documentation. */
export function json<Schema>(schema: Schema, description: string) {
  return { description, content: { "application/json": { schema } } };
}

/** A required JSON body, for a route's schema. */
export function body<Schema>(schema: Schema) {
  return { required: true, content: { "application/json": { schema } } };
}
