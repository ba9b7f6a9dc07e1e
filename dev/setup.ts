import { readFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import type { Client } from "pg";
import { reasonOf } from "./migrate.ts";
import { askForPlan } from "./setup/ask.ts";
import { isPooled } from "./setup/neon.ts";
import { type Plan, PlanWrong, readPlan } from "./setup/plan.ts";
import { nextSteps, reportOf } from "./setup/report.ts";
import { setUp } from "./setup/set-up.ts";

const USAGE = `Usage: npm run setup -- [FILE] [--new-password]

Migrates the database of DATABASE_OWNER_URL and sets up the clinic: its name, languages, locations, first administrator and
the API clients of both apps. FILE is JSON (docs/deploy.md shows one). Without it the values are asked for. The command may be
repeated: what is there stays as it is.

  --new-password   gives the Worker's role another password and prints it; the one before ends at once`;

/** @throws {PlanWrong} when the file is missing or no JSON */
function readFilePlan(file: string): Plan {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new PlanWrong([`${file} cannot be read: ${(error as Error).message}.`]);
  }
  return readPlan(json);
}

async function ask(client: Client): Promise<Plan> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await askForPlan(terminal, client);
  } finally {
    terminal.close();
  }
}

/** @returns the exit code: 1 when nothing could be set up, or when the clinic has other values */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { "new-password": { type: "boolean", default: false }, help: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  if (values.help) return (console.log(USAGE), 0);
  const ownerUrl = process.env["DATABASE_OWNER_URL"];
  if (!ownerUrl)
    throw new PlanWrong(["DATABASE_OWNER_URL is not set: the owner's connection string, without the pooler."]);
  if (!URL.canParse(ownerUrl)) throw new PlanWrong(["DATABASE_OWNER_URL is no connection string."]);
  if (isPooled(ownerUrl)) {
    throw new PlanWrong(["DATABASE_OWNER_URL is the pooler's: use the direct connection string, without -pooler."]);
  }
  const [file, ...more] = positionals;
  if (more.length > 0) throw new PlanWrong([USAGE]);
  if (file === undefined && !process.stdin.isTTY) throw new PlanWrong(["There is no terminal to ask on: name a FILE."]);
  // A file is read before the database is touched.
  const plan = file === undefined ? null : readFilePlan(file);
  const done = await setUp(ownerUrl, async (client) => plan ?? (await ask(client)), {
    newPassword: values["new-password"],
  });
  for (const line of reportOf(done)) console.log(line);
  if (done.password !== null) for (const line of nextSteps(ownerUrl, done.password)) console.log(line);
  return done.differs.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  const faults = error instanceof PlanWrong ? error.faults : [reasonOf(error)];
  for (const fault of faults) console.error(fault);
  console.error("Nothing was set up.");
  process.exitCode = 1;
}
