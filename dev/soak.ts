import { execFileSync } from "node:child_process";
import { startVitest } from "vitest/node";
import { ROOT } from "./build.ts";

const USAGE = `Usage: npm run soak -- [--operations N] [--histories N] [--seed N]

The long form of two tests: N mixed operations (50,000 unless given) by 64 clients over a wire that breaks, and N histories
(2,000 unless given) of a small clinic compared with a model in memory.`;

const SETTINGS = { operations: 50_000, histories: 2_000, seed: 4 };

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  for (let n = 0; n < args.length; n += 2) {
    const name = args[n]?.replace(/^--/, "") as keyof typeof SETTINGS;
    const value = Number(args[n + 1]);
    if (!(name in SETTINGS) || !Number.isSafeInteger(value) || value < 1) {
      console.error(USAGE);
      process.exitCode = 2;
      return;
    }
    SETTINGS[name] = value;
  }
  const { operations, histories, seed } = SETTINGS;
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim();
  console.log(
    `seed ${seed}, commit ${commit}, Node ${process.version}, ${operations} operations, ${histories} histories`,
  );
  Object.assign(process.env, {
    SOAK_OPERATIONS: String(operations),
    SOAK_SEED: String(seed),
    SOAK_REPORT: "1",
    MODEL_RUNS: String(histories),
    MODEL_SEED: String(seed),
    MODEL_TALLY: "1",
  });
  const vitest = await startVitest("test", ["test/db/soak.test.ts", "test/db/appointment-model.test.ts"], {
    root: ROOT,
    run: true,
    watch: false,
    // One after the other: each is to have the machine.
    maxWorkers: 1,
  });
  await vitest.close();
}

await main();
