import { parseArgs, styleText } from "node:util";
import { MUTANTS } from "./list.ts";
import type { Mutant } from "./mutant.ts";
import { type Report, copyRepository } from "./run.ts";

const USAGE = `Usage: npm run soak -- mutants [--only NAME[,NAME]] [--from N] [--to N] [--every N] [--list]

Applies small faults to a copy of the sources, one at a time, and runs the tests that must catch each.
  --only NAME   the faults whose name contains NAME
  --from, --to  a part of the list, counted from 1, both included
  --every N     every Nth of these: a sample of each kind, since the list is ordered by kind
  --list        prints the list, and applies nothing`;

/** Share of the faults that must be caught. */
const AIM = 0.95;

/** @throws Error in words for people */
function choose(args: string[]): { chosen: Mutant[]; list: boolean } {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const { values } = parseArgs({
    args,
    options: { only: text, from: text, to: text, every: text, list: flag, help: flag },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const numbers = [values.from ?? "1", values.to ?? String(MUTANTS.length), values.every ?? "1"].map(Number);
  const [from, to, every] = numbers as [number, number, number];
  if (numbers.some((number) => !Number.isInteger(number) || number < 1)) {
    throw new Error("--from, --to and --every are whole numbers from 1 on.");
  }
  const words = values.only?.split(",");
  const chosen = MUTANTS.slice(from - 1, to)
    .filter((_, index) => index % every === 0)
    .filter(({ name }) => words?.some((word) => name.includes(word)) ?? true);
  if (chosen.length === 0) throw new Error("No fault of the list is meant.");
  return { chosen, list: values.list ?? false };
}

const MARKS = {
  caught: styleText("green", "caught "),
  slipped: styleText("red", "SLIPPED"),
  stale: styleText("yellow", "STALE  "),
  broken: styleText("yellow", "BROKEN "),
};

async function main(args: string[]): Promise<boolean> {
  const { chosen, list } = choose(args);
  if (list) {
    for (const { name, rule, file } of chosen) console.log(`${name.padEnd(32)} ${file}\n  ${rule}`);
    return true;
  }
  const stop = new AbortController();
  // The launcher's channel closes when the launcher is killed.
  for (const event of ["SIGINT", "SIGTERM", "disconnect"]) process.once(event, () => stop.abort());
  const copy = await copyRepository(stop.signal);
  const reports: Report[] = [];
  try {
    const files = [...new Set(chosen.flatMap(({ caughtBy }) => caughtBy))];
    console.log(`${chosen.length} faults. First ${files.length} test files without any fault ...`);
    const sound = await copy.run(files);
    if (stop.signal.aborted) throw new Error("Stopped.");
    console.log(`${sound.passed} tests passed.`);
    for (const name of [...sound.failed, ...sound.broken]) console.log(`Fails without any fault: ${name}`);
    for (const mutant of chosen) {
      const failing = mutant.caughtBy.find((file) => sound.files.has(file));
      const report =
        failing === undefined
          ? await copy.try(mutant)
          : ({ mutant, verdict: "broken", seconds: 0, detail: `${failing} fails without any fault` } as const);
      if (stop.signal.aborted) throw new Error("Stopped.");
      reports.push(report);
      const { verdict, seconds, detail } = report;
      console.log(`${MARKS[verdict]} ${mutant.name} (${seconds.toFixed(0)} s)\n        ${detail}`);
    }
  } finally {
    await copy.remove();
  }
  return summarise(reports);
}

function summarise(reports: readonly Report[]): boolean {
  const of = (verdict: Report["verdict"]) => reports.filter((report) => report.verdict === verdict);
  for (const { mutant } of of("slipped")) console.log(`Slipped through: ${mutant.name}. ${mutant.rule}`);
  for (const { mutant, verdict, detail } of [...of("stale"), ...of("broken")]) {
    console.log(`Not tried, to be mended (${verdict}): ${mutant.name}: ${detail}`);
  }
  const share = of("caught").length / reports.length;
  console.log(`${of("caught").length} of ${reports.length} faults were caught: ${(share * 100).toFixed(1)} %.`);
  return share >= AIM && of("stale").length + of("broken").length === 0;
}

/** `npm run soak -- mutants`; answers the exit code. */
export async function runMutants(args: string[]): Promise<number> {
  try {
    return (await main(args)) ? 0 : 1;
  } catch (error) {
    console.error((error as Error).message);
    return 2;
  }
}
