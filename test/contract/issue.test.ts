import { readdir } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod/v4";
import { sentenceOf } from "#contract/issue.ts";

z.config({ localeError: sentenceOf });
const said = (schema: z.ZodType, input: unknown): string[] => {
  const result = schema.safeParse(input);
  return result.success ? [] : sentences(result.error.issues);
};
const sentences = (issues: readonly z.core.$ZodIssue[]): string[] =>
  issues.flatMap((issue) => [
    issue.message,
    ...(issue.code === "invalid_union" ? issue.errors.flatMap(sentences) : []),
    ...(issue.code === "invalid_key" || issue.code === "invalid_element" ? sentences(issue.issues) : []),
  ]);

describe("the details of a 400", () => {
  test.each<[z.ZodType, unknown, string]>([
    [z.string(), undefined, "Is required"],
    [z.string(), 7, "Must be text"],
    [z.number(), "7", "Must be a number"],
    [z.coerce.number(), "seven", "Must be a number"],
    [z.int(), 1.5, "Must be a whole number"],
    [z.boolean(), null, "Must be true or false"],
    [z.array(z.string()), {}, "Must be a list"],
    [z.strictObject({}), [], "Must be an object"],
    [z.record(z.string(), z.int()), "x", "Must be an object"],
    [z.null(), 1, "Must be null"],
    [z.never(), 1, "Must be something else"],
    [z.literal("staff"), "x", "Must be staff"],
    [z.enum(["open", "closed"]), "x", "Must be one of: open, closed"],
    [z.string().min(1), "", "Must not be empty"],
    [z.string().min(2), "x", "At least 2 characters"],
    [z.string().max(1), "xx", "At most 1 character"],
    [z.string().length(3), "xx", "Exactly 3 characters"],
    [z.array(z.int()).min(1), [], "At least 1 item"],
    [z.array(z.int()).max(2), [1, 2, 3], "At most 2 items"],
    [z.number().min(5), 4, "At least 5"],
    [z.number().max(5), 6, "At most 5"],
    [z.number().gt(5), 5, "More than 5"],
    [z.number().lt(5), 5, "Less than 5"],
    [z.number().multipleOf(5), 4, "Must be a multiple of 5"],
    [z.email(), "ada@", "Must be an e-mail address, such as niamh@example.org"],
    [z.uuid(), "x", "Must be an id"],
    [z.url(), "x", "Must be a URL"],
    [z.iso.date(), "2026-02-30", "Must be a date, such as 2026-12-03"],
    [z.iso.time(), "25:00", "Must be a time of day, such as 09:30"],
    [z.iso.datetime({ offset: true }), "now", "Must be an instant with its offset, such as 2026-12-03T10:15:00+00:00"],
    [z.base64(), "?", "Must be base64"],
    [z.string().regex(/x/), "y", "Is not of the form that is asked for"],
    [z.string().regex(/x/, "With an x"), "y", "With an x"],
    [z.strictObject({}), { a: 1, b: 2 }, "Unknown: a, b"],
    [
      z.discriminatedUnion("kind", [z.object({ kind: z.literal("a") }), z.object({ kind: z.literal("b") })]),
      { kind: "c" },
      "Must be one of: a, b",
    ],
    [z.union([z.string(), z.int()]), null, "Has none of the forms that it can have"],
    [z.xor([z.string(), z.string()]), "x", "Fits more than one of the forms that it can have"],
    [z.record(z.string().max(1), z.int()), { long: 1 }, "Has a member whose name is not valid"],
    [z.map(z.int(), z.int()), new Map([[1, "x"]]), "Must be a number"],
    [z.set(z.int()), new Set(["x"]), "Must be a number"],
    [z.string().refine(() => false), "x", "Is not valid"],
    [z.string().refine(() => false, "Not that"), "x", "Not that"],
  ])("%# %s", (schema, input, sentence) => {
    expect(said(schema, input)).toContain(sentence);
  });

  test("For any input no schema answers in the words of its library", async () => {
    const files = (await readdir("src/contract/requests")).map((file) => file.replace(/\.ts$/, ""));
    const modules = await Promise.all(
      files.map((file) => import(`../../src/contract/requests/${file}.ts`) as Promise<Record<string, unknown>>),
    );
    const schemas = modules
      .flatMap((module) => Object.entries(module))
      .map(([name, it]): [string, unknown] => [name, typeof it === "function" ? it() : it])
      .filter(([, it]) => it instanceof z.ZodType);
    expect(schemas.length).toBeGreaterThan(45);
    const names = [...new Set(schemas.flatMap(([, it]) => (it instanceof z.ZodObject ? Object.keys(it.shape) : [])))];
    const junk = fc.anything({
      key: fc.constantFrom(...names, "unknown"),
      values: [fc.string(), fc.double(), fc.boolean(), fc.constant(null), fc.constant("")],
      maxDepth: 3,
      maxKeys: 8,
    });
    fc.assert(
      fc.property(fc.constantFrom(...schemas), junk, ([name, schema], input) => {
        for (const sentence of said(schema as z.ZodType, input)) {
          expect({ name, sentence }).not.toMatchObject({
            sentence: expect.stringMatching(/^Invalid|expected|received|^Too (big|small)|Unrecognized/),
          });
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
