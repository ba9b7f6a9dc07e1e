import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, styleText } from "node:util";
import { startVitest, type TestModule, type Vitest } from "vitest/node";
import { ANSWERED_FILE, unansweredCells } from "#test/support/answered.ts";
import { UNCALLED_FILE } from "#test/support/called-functions.ts";
import { DEFAULT_SEED } from "#test/support/seed.ts";
import { buildAll, ROOT } from "./build.ts";
import { ensureChromium } from "./chromium.ts";

const USAGE = `Usage: npm test -- [files or folders] [-t NAME] [--seed N]

Runs the tests, all of them or those whose path contains one of the words: npm test -- test/domain
What tests draw at random follows from a seed, the same in every run unless another is given.
With CI set, one or two files that failed run once more, alone; the output names them.`;

/** Number of files named at the end of a run, slowest first. */
const SLOWEST = 10;

/** @throws Error with a message for the terminal */
function readArguments(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        testNamePattern: { type: "string", short: "t" },
        seed: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
    const { testNamePattern: name, seed, help } = values;
    if (seed !== undefined && !/^\d{1,9}$/.test(seed)) throw new Error("--seed needs a whole number.");
    return { filters: positionals, name, seed, help };
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`, { cause: error });
  }
}

/** Maximum number of failed files that CI runs once more: more are no accident. */
const MAX_REPEATED = 2;

/** The results. A file that could not be loaded, and an error outside any test, count as failures. */
function count(vitest: Vitest): { passed: number; failed: number; skipped: number } {
  const counts = { passed: 0, failed: vitest.state.getUnhandledErrors().length, skipped: 0 };
  const brokenFile = (module: TestModule): boolean =>
    module.state() === "failed" && ![...module.children.allTests("failed")].length;
  for (const module of vitest.state.getTestModules()) {
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "pending") counts.failed += 1;
      else counts[state] += 1;
    }
    if (brokenFile(module)) counts.failed += 1;
  }
  return counts;
}

/** The files with a failed test, and those that could not be loaded. */
function failedFiles(vitest: Vitest): string[] {
  return vitest.state
    .getTestModules()
    .filter((module) => module.state() === "failed")
    .map((module) => module.relativeModuleId);
}

/**
 * Runs failed files once more, in a process of their own. One slow moment of a busy machine must not fail the run. The
 * output names the files: a test that fails at times must be fixed.
 * @returns whether they pass
 */
function passAlone(files: readonly string[]): boolean {
  console.error(styleText("red", `UNSTABLE: failed in the whole run, and run once more: ${files.join(", ")}`));
  // What the whole run records for its coverage is judged already, and its folder is gone.
  const { [ANSWERED_FILE]: _answered, [UNCALLED_FILE]: _uncalled, ...env } = process.env;
  const again = spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...files], {
    stdio: "inherit",
    env: { ...env, CI: "" },
  });
  return again.status === 0;
}

/** The files that took longest, hooks included, in seconds. */
function slowest(vitest: Vitest): string[] {
  return vitest.state
    .getTestModules()
    .map((module) => ({ file: module.relativeModuleId, seconds: module.diagnostic().duration / 1000 }))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, SLOWEST)
    .map(({ file, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${file}`);
}

/**
 * A run of all tests of test/db records the stored functions that they call. A run of all of test/routes records the
 * answers. A function or answer that no test asked for fails the run.
 * @returns after the run: what is missing, in lines for the terminal
 */
function beginCoverage(filters: readonly string[], name: string | undefined): { missing(): string[] } {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-coverage-"));
  const files = { uncalled: join(folder, "uncalled"), answered: join(folder, "answered") };
  const runs = (group: string) =>
    name === undefined &&
    (filters.length === 0 || filters.some((one) => ["test", group].includes(one.replace(/\/$/, ""))));
  const [callsAll, asksAll] = [runs("test/db"), runs("test/routes")];
  if (callsAll) process.env[UNCALLED_FILE] = files.uncalled;
  if (asksAll) process.env[ANSWERED_FILE] = files.answered;
  return {
    missing() {
      const uncalled = callsAll ? readFileSync(files.uncalled, "utf8") : "";
      const unanswered = asksAll ? unansweredCells(files.answered) : [];
      rmSync(folder, { recursive: true });
      return [
        ...(uncalled ? [`No test of test/db calls these stored functions: ${uncalled}`] : []),
        ...(unanswered.length > 0 ? [`No test of test/routes gets these answers: ${unanswered.join(", ")}`] : []),
      ];
    },
  };
}

async function main(): Promise<void> {
  const { filters, name, seed, help } = readArguments(process.argv.slice(2));
  if (help) return console.log(USAGE);
  const drawn = (process.env["HOLDFAST_SEED"] = seed ?? process.env["HOLDFAST_SEED"] ?? String(DEFAULT_SEED));
  const step = (text: string): void => console.log(styleText("dim", `${text} ...`));
  const everything = filters.length === 0;

  const wantsBrowser = everything || filters.some((filter) => filter.includes("browser") || /^test\/?$/.test(filter));
  const chromium = wantsBrowser ? ensureChromium(step) : { path: "" };
  const warning = "reason" in chromium ? `The browser tests are SKIPPED. ${chromium.reason}` : "";
  if (warning) console.error(styleText("yellow", warning));
  // Built once before the tests: a failed build is one failure, and no test waits for it.
  if (everything) await buildAll(step);

  const coverage = beginCoverage(filters, name);
  const vitest = await startVitest("test", filters, {
    root: ROOT,
    run: true,
    watch: false,
    ...(name === undefined ? {} : { testNamePattern: name }),
  });
  const { passed, failed, skipped } = count(vitest);
  const seconds = Math.round(performance.now() / 1000);
  const files = slowest(vitest);
  const broken = failedFiles(vitest);
  const hasStrayError = vitest.state.getUnhandledErrors().length > 0;
  await vitest.close();
  // A failed test may have asked for less.
  const missing = coverage.missing().slice(0, failed > 0 ? 0 : undefined);
  if (passed + failed + skipped === 0) throw new Error("No test was found.");
  if (files.length > 1) console.log(`The slowest files:\n${files.join("\n")}`);
  if (warning) console.error(styleText("yellow", warning));
  for (const line of missing) console.error(styleText("red", line));
  console.log(
    `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""} in ${seconds} s (seed ${drawn})`,
  );
  const mayRepeat = process.env["CI"] && !hasStrayError && broken.length > 0 && broken.length <= MAX_REPEATED;
  const isGreen = failed === 0 || (mayRepeat && passAlone(broken));
  process.exit(isGreen && missing.length === 0 ? 0 : 1);
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
