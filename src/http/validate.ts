import type { Context } from "hono";
import * as z from "zod/v4";
import { sentenceOf } from "#contract/issue.ts";
import { type FieldError, ProblemError } from "#http/problems/problem.ts";

/** The parts of a request that have a schema, by hono's names. */
export type Part = "query" | "param" | "json";

/** Where an error's JSON Pointer begins: in the body at its root, elsewhere below the part's name. */
const PREFIX: Record<Part, string> = { query: "/query", param: "/path", json: "" };

// Messages in our own words, for schemas without a message.
z.config({ localeError: sentenceOf });

/**
 * Reads one part of the request and validates it; the handler finds the result in `c.req.valid(part)`.
 * @throws {ProblemError} `invalid-request` with a JSON Pointer for each error; `unsupported-media-type`
 */
export async function validate(c: Context, part: Part, schema: z.ZodType): Promise<void> {
  const result = schema.safeParse(await read(c, part));
  const errors = result.success ? unkeepable(result.data) : fieldErrors(result.error.issues);
  if (errors.length > 0) {
    throw new ProblemError("invalid-request", {
      errors: errors.map(({ pointer, detail }) => ({ pointer: PREFIX[part] + pointer, detail })),
    });
  }
  c.req.addValidatedData(part, result.data as object);
}

function read(c: Context, part: Part): unknown {
  switch (part) {
    case "query":
      // A parameter that is given twice is a list, which no schema takes.
      return Object.fromEntries(
        Object.entries(c.req.queries()).map(([name, all]) => [name, all.length > 1 ? all : all[0]]),
      );
    case "param":
      return c.req.param();
    case "json":
      return readBody(c);
  }
}

/** The JSON body; a request without a body is taken as `{}`. */
async function readBody(c: Context): Promise<unknown> {
  const type = c.req.header("Content-Type");
  if (type === undefined) return {};
  if (!/^application\/json\s*(;|$)/i.test(type)) throw new ProblemError("unsupported-media-type");
  try {
    return await c.req.json();
  } catch {
    throw new ProblemError("invalid-request", { errors: [{ pointer: "", detail: "The body is not valid JSON" }] });
  }
}

/** Whether PostgreSQL can store all texts in a value. */
export function isKeepable(value: unknown): boolean {
  return unkeepable(value).length === 0;
}

/** Texts that PostgreSQL cannot store: with a NUL, or with half of a surrogate pair (RFC 8259, section 8.2). */
function unkeepable(value: unknown, path: PropertyKey[] = []): FieldError[] {
  if (typeof value === "string") {
    if (value.isWellFormed() && !value.includes("\0")) return [];
    return [{ pointer: pointerOf(path), detail: "Text must be whole characters, without NUL" }];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => unkeepable(member, [...path, name]));
}

type Issue = z.core.$ZodIssue;

/** Issues as JSON Pointers (RFC 6901). Of a union, the branch with the fewest issues counts. Unknown members are named. */
function fieldErrors(issues: readonly Issue[], base: PropertyKey[] = []): FieldError[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    if (issue.code === "invalid_union" && issue.errors.length > 0) {
      const closest = issue.errors.reduce((best, branch) => (branch.length < best.length ? branch : best));
      return fieldErrors(closest, path);
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
