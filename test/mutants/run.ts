import { execFileSync, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "#dev/build.ts";
import type { Mutant } from "./mutant.ts";

/**
 * `caught`: a test failed. `slipped`: all tests passed. `stale`: the text to find is not in the file exactly once.
 * `broken`: the tests could not run, so nothing is known.
 */
export type Verdict = "caught" | "slipped" | "stale" | "broken";

export interface Report {
  mutant: Mutant;
  verdict: Verdict;
  seconds: number;
  /** The failed test that caught it, or what went wrong. */
  detail: string;
}

/** Longest run of the tests of one mutant, milliseconds. */
const TIMEOUT_MS = 15 * 60_000;

/** A copy of the repository in which sources are changed and tests are run. */
export interface Copy {
  folder: string;
  /** Runs test files, without any change; answers the failed tests. */
  run(files: string[]): Promise<TestRun>;
  /** Applies one mutant, runs its tests, and takes it back. */
  try(mutant: Mutant): Promise<Report>;
  remove(): Promise<void>;
}

export interface TestRun {
  passed: number;
  failed: string[];
  /** The errors of files that could not be run at all. */
  broken: string[];
  /** Files of which a test failed, or that could not be run. */
  files: Set<string>;
}

/**
 * Copies what git knows of the working tree, and what it would add, into a folder for temporary files. `stop` ends the
 * tests that are running.
 */
export async function copyRepository(stop: AbortSignal): Promise<Copy> {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-mutants-"));
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: ROOT });
  for (const path of listed.toString().split("\0").filter(Boolean)) {
    const to = join(folder, path);
    await mkdir(dirname(to), { recursive: true });
    // Listed, but deleted from the working tree.
    await cp(join(ROOT, path), to).catch(() => undefined);
  }
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return {
    folder,
    run: (files) => runTests(folder, stop, files),
    try: (mutant) => tryOne(folder, stop, mutant),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function tryOne(folder: string, stop: AbortSignal, mutant: Mutant): Promise<Report> {
  const began = performance.now();
  const report = (verdict: Verdict, detail: string): Report => {
    return { mutant, verdict, detail, seconds: (performance.now() - began) / 1000 };
  };
  const path = join(folder, mutant.file);
  const before = await readFile(path, "utf8").catch(() => null);
  if (before === null) return report("stale", `there is no ${mutant.file}`);
  const times = before.split(mutant.find).length - 1;
  if (times !== 1) return report("stale", `the text is in ${mutant.file} ${times} times`);
  await writeFile(
    path,
    before.replace(mutant.find, () => mutant.replace),
  );
  try {
    const { passed, failed, broken } = await runTests(folder, stop, mutant.caughtBy, "--bail=1");
    if (failed[0] !== undefined) return report("caught", failed[0]);
    if (broken[0] !== undefined) return report("broken", broken[0]);
    return passed > 0 ? report("slipped", `${passed} tests passed`) : report("broken", "no test was run");
  } finally {
    await writeFile(path, before);
  }
}

interface JsonReport {
  numPassedTests: number;
  testResults: { name: string; status: string; message: string; assertionResults: Assertion[] }[];
}

interface Assertion {
  fullName: string;
  status: string;
}

/** Runs test files in a process of its own, and reads what became of each test. */
async function runTests(folder: string, stop: AbortSignal, files: string[], ...options: string[]): Promise<TestRun> {
  const results = join(folder, "results.json");
  await rm(results, { force: true });
  const output = await new Promise<string>((resolve) => {
    const child = spawn(
      process.execPath,
      ["node_modules/vitest/vitest.mjs", "run", ...files, ...options, "--reporter=json", `--outputFile=${results}`],
      { cwd: folder, stdio: ["ignore", "pipe", "pipe"], timeout: TIMEOUT_MS, signal: stop },
    );
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    // Ended by `stop`: what is missing from the results says so.
    child.on("error", () => {});
    child.once("close", () => resolve(Buffer.concat(chunks).toString()));
  });
  const text = await readFile(results, "utf8").catch(() => null);
  if (text === null) return { passed: 0, failed: [], broken: [lastLines(output)], files: new Set(files) };
  const { numPassedTests, testResults } = JSON.parse(text) as JsonReport;
  const failed = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === "failed").map(({ fullName }) => fullName),
  );
  const fileOf = ({ name }: { name: string }): string => name.slice(folder.length + 1);
  const failedFiles = testResults.filter(({ status }) => status === "failed");
  const broken = failedFiles
    .filter(({ assertionResults }) => !assertionResults.some(isFailed))
    .map((file) => `${fileOf(file)}: ${file.message.split("\n")[0] ?? ""}`);
  return { passed: numPassedTests, failed, broken, files: new Set(failedFiles.map(fileOf)) };
}

const isFailed = ({ status }: Assertion): boolean => status === "failed";

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-5).join(" | ");
}
