import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MUTANTS } from "#test/mutants/list.ts";

const ROOT = join(import.meta.dirname, "..", "..");

test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
  "The mutant %s applies to the sources as they are, and names tests that exist",
  (_, { file, find, caughtBy }) => {
    expect(readFileSync(join(ROOT, file), "utf8").split(find)).toHaveLength(2);
    expect(caughtBy.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  },
);

test("Every mutant has a name of its own, and a rule that is a sentence", () => {
  const names = MUTANTS.map(({ name }) => name);
  expect(names.filter((name, n) => names.indexOf(name) !== n)).toEqual([]);
  for (const { name, rule } of MUTANTS) {
    expect({ name, rule }).toEqual({ name, rule: expect.stringMatching(/^[A-Z].*\.$/) });
  }
});
