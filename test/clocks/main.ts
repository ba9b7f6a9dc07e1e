import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs, styleText } from "node:util";
import { ROOT } from "#dev/build.ts";
import { INSTANTS, type Instant, instantOfTheDay } from "./instants.ts";

/** Each group is a run of its own, so that each begins at the instant. At a minute before midnight all of them cross it. */
const GROUPS = ["test/db", "test/routes", "test/faults", "test/browser"];

const USAGE = `Usage: npm run soak -- clocks [--only NAME[,NAME]] [--turn] [--group NAME[,NAME]] [--whole] [--list]

Runs the tests that depend on the clock at ${INSTANTS.length} instants, with the clock of the whole stack moved there.
  --only NAME   the instants whose name contains NAME
  --turn        the one instant whose turn it is today
  --group NAME  only the folders whose name contains NAME, of ${GROUPS.join(", ")}
  --whole       every test, not only those that depend on the clock
  --list        prints the instants and the files, and runs nothing`;

/** Not run: long random proofs, whose rules shorter tests have too, and tests with a time of their own. */
const LEFT_OUT = [
  "test/browser/mails",
  "test/db/appointment-model",
  "test/db/audit-seals",
  "test/db/change-races",
  "test/db/seed",
  "test/db/settle-simulation",
  "test/routes/change-rules",
  "test/routes/keep-out",
  "test/routes/races",
  "test/routes/soak",
  "test/routes/notification-load",
];

/** The files of each of these groups that depend on the clock. */
function clockedFiles(groups: readonly string[]): string[][] {
  return groups.map((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => `${folder}/${name}`)
      .filter((file) => !LEFT_OUT.some((start) => file.startsWith(start))),
  );
}

interface Result {
  passed: number;
  failed: number;
  /** Titles of the failed tests, with their files. */
  failures: string[];
  seconds: number;
}

/** Runs `npm test` at an instant, shows what it prints, and reads from it what came of it. */
async function runAt({ at }: Instant, files: readonly string[], running: AbortSignal): Promise<Result> {
  const began = performance.now();
  const child = spawn(process.execPath, [join(ROOT, "dev", "bootstrap.mjs"), "dev/test.ts", ...files], {
    cwd: ROOT,
    env: { ...process.env, LD_PRELOAD: "", HOLDFAST_CLOCK: at },
    stdio: ["ignore", "pipe", "inherit"],
    signal: running,
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    process.stdout.write(chunk);
  });
  const code = await new Promise<number | null>((done, fail) => child.once("error", fail).once("close", done));
  // oxlint-disable-next-line no-control-regex -- control characters set a terminal's colours.
  const text = output.replaceAll(/\u001b\[\d+m/g, "");
  const [, passed = "0", failed = "1"] = /(\d+) passed, (\d+) failed/.exec(text) ?? [];
  const failures = [...new Set(text.match(/(?<=^ FAIL +).+$/gm) ?? [])];
  const lost = code !== 0 && Number(failed) === 0 ? 1 : 0;
  return {
    passed: Number(passed),
    // The failed files passed when they ran once more.
    failed: code === 0 ? 0 : Number(failed) + lost,
    failures,
    seconds: (performance.now() - began) / 1000,
  };
}

/** @throws Error in words for people */
function choose(args: string[]): { chosen: readonly Instant[]; runs: string[][]; list: boolean } {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const { values } = parseArgs({
    args,
    options: { only: text, turn: flag, group: text, whole: flag, list: flag, help: flag },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const words = values.only?.split(",");
  const chosen = values.turn
    ? [instantOfTheDay(Date.now())]
    : INSTANTS.filter(({ name }) => words?.some((word) => name.includes(word)) ?? true);
  if (chosen.length === 0) throw new Error("No instant of the list is meant.");
  const groups = GROUPS.filter((folder) => values.group?.split(",").some((word) => folder.includes(word)) ?? true);
  if (groups.length === 0) throw new Error("No group is meant.");
  return { chosen, runs: values.whole ? [[]] : clockedFiles(groups), list: values.list ?? false };
}

/** `npm run soak -- clocks`; answers the exit code. */
export async function runClocks(args: string[]): Promise<number> {
  let wanted: ReturnType<typeof choose>;
  try {
    wanted = choose(args);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  const { chosen, runs, list } = wanted;
  if (list) {
    for (const { name, at } of chosen) console.log(`${at}  ${name}`);
    console.log(runs.flat().join("\n"));
    return 0;
  }
  const stop = new AbortController();
  // The launcher's channel closes when the launcher is killed.
  for (const event of ["SIGINT", "SIGTERM", "disconnect"]) process.once(event, () => stop.abort());
  const rows: string[] = [];
  let allGreen = true;
  for (const instant of chosen) {
    console.log(styleText("bold", `\nThe clock is at ${instant.at}: ${instant.name}`));
    const results: Result[] = [];
    for (const files of runs) results.push(await runAt(instant, files, stop.signal));
    const sum = (of: (result: Result) => number): number => results.reduce((total, result) => total + of(result), 0);
    const failures = results.flatMap((result) => result.failures);
    allGreen &&= sum(({ failed }) => failed) === 0;
    rows.push(
      `| ${instant.name} | ${instant.at} | ${sum(({ passed }) => passed)} | ${sum(({ failed }) => failed)} | ` +
        `${sum(({ seconds }) => seconds).toFixed(0)} s | ${failures.join("<br>")} |`,
    );
  }
  console.log(`\n| instant | UTC | passed | failed | took | which |\n|---|---|---|---|---|---|\n${rows.join("\n")}`);
  return allGreen ? 0 : 1;
}
