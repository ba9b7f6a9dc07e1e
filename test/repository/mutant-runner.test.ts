import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "#dev/build.ts";
import type { Mutant } from "../mutants/mutant.ts";
import { type Copy, copyRepository } from "../mutants/run.ts";

const FILE = "src/lib/csv.ts";
const TESTS = ["test/lib/csv.test.ts"];
const mutant = (change: Partial<Mutant>): Mutant => {
  return { name: "a fault", rule: "A rule.", file: FILE, find: "", replace: "", caughtBy: TESTS, ...change };
};

describe("the runner of the list of faults", () => {
  let copy: Copy;
  const source = () => readFileSync(join(ROOT, FILE), "utf8");
  const before = source();
  beforeAll(async () => {
    copy = await copyRepository(new AbortController().signal);
  });
  afterAll(() => copy.remove());

  test("runs the tests without any fault", async () => {
    const { passed, failed, broken, files } = await copy.run(TESTS);
    expect(passed).toBeGreaterThan(0);
    expect({ failed, broken, files }).toEqual({ failed: [], broken: [], files: new Set() });
  });

  test("says that a fault is caught, and by which test; the sources themselves are never touched", async () => {
    const report = await copy.try(mutant({ find: "\\r\\n`;", replace: "\\n`;" }));
    expect(report).toMatchObject({ verdict: "caught", detail: expect.stringContaining(" ") });
    expect(source()).toBe(before);
  });

  test("says that a fault slipped through, once the former one was taken back", async () => {
    const report = await copy.try(mutant({ find: "// Spreadsheets", replace: "// All spreadsheets" }));
    expect(report.verdict).toBe("slipped");
  });

  test.each([
    ["whose text is not there", { find: "no such text" }],
    ["whose text is there more than once", { find: "text" }],
    ["whose file is gone", { file: "src/lib/no-such-file.ts" }],
  ])("says that a fault is stale %s", async (_, change) => {
    expect(await copy.try(mutant(change))).toMatchObject({ verdict: "stale" });
  });

  test("says that nothing is known where the tests cannot run, instead of counting that as caught", async () => {
    expect(
      await copy.try(mutant({ find: "export function csvRecord", replace: "export funktion csvRecord" })),
    ).toMatchObject({
      verdict: "broken",
      detail: expect.stringContaining("csv.test.ts"),
    });
  });

  test("is stopped with its tests, and leaves no copy behind", async () => {
    const stop = new AbortController();
    const other = await copyRepository(stop.signal);
    const running = other.try(mutant({ find: "// Spreadsheets", replace: "// All spreadsheets" }));
    stop.abort();
    expect((await running).verdict).toBe("broken");
    await other.remove();
    expect(existsSync(other.folder)).toBe(false);
  });
});
