import { execFileSync } from "node:child_process";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { startVitest } from "vitest/node";
import { runClocks } from "#test/clocks/main.ts";
import { runMutants } from "#test/mutants/main.ts";
import { DEFAULT_SEED } from "#test/support/seed.ts";
import { ROOT } from "./build.ts";

/** The long form of a test. */
interface Section {
  says: string;
  files: string[];
  /** The default size. */
  size: number;
  /** The environment that gives the test its size. */
  env: (size: string) => Record<string, string>;
}

const SECTIONS: Record<string, Section> = {
  operations: {
    says: "mixed operations by 64 clients over a wire that breaks",
    files: ["test/routes/soak.test.ts"],
    size: 50_000,
    env: (size) => ({ SOAK_OPERATIONS: size, SOAK_REPORT: "1" }),
  },
  rules: {
    says: "is how many cases of the rule matrix over HTTP there are to one that is tried",
    files: ["test/routes/change-rules.test.ts"],
    size: 1,
    env: (size) => ({ RULES_EVERY: size }),
  },
  races: {
    says: "races of fifty patients for one slot",
    files: ["test/routes/races.test.ts"],
    size: 100,
    env: (size) => ({ RACE_ROUNDS: size }),
  },
  histories: {
    says: "histories of a small clinic, compared with a model in memory",
    files: ["test/db/appointment-model.test.ts"],
    size: 2_000,
    env: (size) => ({ MODEL_RUNS: size, MODEL_TALLY: "1" }),
  },
  bursts: {
    says: "bursts of changes in virtual time, each notified once while queue, mail service and Worker fail",
    files: ["test/db/settle-simulation.test.ts"],
    size: 20_000,
    env: (size) => ({ SETTLE_BURSTS: size, SETTLE_REPORT: "1" }),
  },
  smoke: {
    says: "such bursts in real time, through the whole stack",
    files: ["test/routes/notification-load.test.ts"],
    size: 200,
    env: (size) => ({ TELL_BURSTS: size, TELL_REPORT: "1" }),
  },
  backlog: {
    says: "notifications that were due while the queue was down, sent by the cron",
    files: ["test/routes/notification-load.test.ts"],
    size: 10_000,
    env: (size) => ({ TELL_BACKLOG: size, TELL_REPORT: "1" }),
  },
  fuzz: {
    says: "generated and mutated requests to every operation",
    files: ["test/routes/keep-out.test.ts"],
    size: 200_000,
    env: (size) => ({ FUZZ_REQUESTS: size }),
  },
  import: {
    says: "appointments of another system, and a patient to five of them, imported, resumed after a kill, and undone",
    files: ["test/routes/imports.test.ts"],
    size: 50_000,
    env: (size) => ({ IMPORT_APPOINTMENTS: size, IMPORT_REPORT: "1" }),
  },
  release: {
    says: "patients who book at an old Worker and a new one while migrations run beside a long read",
    files: ["test/routes/versions.test.ts"],
    size: 40,
    env: (size) => ({ RELEASE_CLIENTS: size, RELEASE_GIVE_UPS: "5", RELEASE_REPORT: "1" }),
  },
  holiday: {
    says: "patients displaced by a holiday while others book and cancel",
    files: ["test/db/holiday-under-load.test.ts"],
    size: 2_000,
    env: (size) => ({ HOLIDAY_APPOINTMENTS: size }),
  },
};

const USAGE = `Usage: npm run soak -- [section ...] [--seed N]
       npm run soak -- mutants [--help]
       npm run soak -- clocks [--help]

The long form of some tests, one after the other: all of them, or the named ones. A section's size can be given:
npm run soak -- operations=5000

${Object.entries(SECTIONS)
  .map(([name, { says, size }]) => `  ${name.padEnd(12)} ${size} ${says}`)
  .join("\n")}

  mutants      small faults, applied to a copy one at a time, that the tests must catch; only by name
  clocks       the tests that depend on the clock, at other times than now; only by name`;

/** @throws Error with a message for the terminal */
function readArguments(args: string[]): { chosen: [Section, string][]; seed: string } {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { seed: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const { seed = String(DEFAULT_SEED) } = values;
  const words = positionals.length > 0 ? positionals : Object.keys(SECTIONS);
  const chosen = words.map((word): [Section, string] => {
    const [name = "", given] = word.split("=");
    const section = SECTIONS[name];
    if (!section) throw new Error(`There is no section "${name}".`);
    return [section, given ?? String(section.size)];
  });
  for (const number of [seed, ...chosen.map(([, size]) => size)]) {
    if (!/^[1-9]\d{0,8}$/.test(number)) throw new Error(`"${number}" is not a number to count with.`);
  }
  return { chosen, seed };
}

async function main({ chosen, seed }: ReturnType<typeof readArguments>): Promise<void> {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim();
  const load = (): string => `load ${loadavg()[0]?.toFixed(1)}`;
  console.log(`seed ${seed}, commit ${commit}, Node ${process.version}, ${load()}`);
  process.env["HOLDFAST_SEED"] = seed;
  for (const [section, size] of chosen) {
    console.log(`\n${size} ${section.says}`);
    Object.assign(process.env, section.env(size));
  }
  const vitest = await startVitest("test", [...new Set(chosen.flatMap(([{ files }]) => files))], {
    root: ROOT,
    run: true,
    watch: false,
    // One after the other, so that each has the whole machine.
    maxWorkers: 1,
  });
  await vitest.close();
  console.log(load());
}

const [section, ...rest] = process.argv.slice(2);
if (section === "mutants") process.exit(await runMutants(rest));
if (section === "clocks") process.exit(await runClocks(rest));

let wanted: ReturnType<typeof readArguments>;
try {
  wanted = readArguments(process.argv.slice(2));
} catch (error) {
  console.error(`${(error as Error).message}\n\n${USAGE}`);
  process.exit(2);
}
await main(wanted);
