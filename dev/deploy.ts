import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { ROOT, buildAll, buildDefines } from "./build.ts";
import { releaseGradually } from "./deploy/gradual.ts";
import { wrangler } from "./deploy/wrangler.ts";
import { hasFunctions, readFunctions } from "./functions.ts";
import { connected, reasonOf } from "./migrate.ts";

const USAGE = `Usage: npm run deploy -- [--at-once] [--minutes N]

Builds the apps and the Worker and lets the new version answer 10 %, then half, then all requests. It is asked at each step
for what visitors need, for N minutes (1). If it fails, the version before answers all requests again.
--at-once uploads it for all requests: the first deployment, or one that cannot wait.`;

const STEPS = [10, 50, 100];

/** Why this build must not be deployed now, or null. */
async function obstacle(): Promise<string | null> {
  const url = process.env["DATABASE_OWNER_URL"];
  if (!url)
    return "DATABASE_OWNER_URL is not set: without it nothing shows that the database has the functions of this build.";
  if (await connected(url, hasFunctions)) return null;
  return `The database does not have the functions of this build, ${readFunctions().schema}: run npm run migrate first.`;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { "at-once": { type: "boolean" }, minutes: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) return (console.log(USAGE), 0);
  const minutes = Number(values.minutes ?? 1);
  if (!(minutes >= 0)) return (console.error(USAGE), 2);
  const reason = await obstacle().catch((error: Error) => `The database does not answer: ${error.message}`);
  if (reason) {
    console.error(`Nothing was deployed. ${reason}`);
    return 1;
  }
  await buildAll((text) => console.log(`${text} ...`));
  const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim();
  const defines = buildDefines(commit);
  if (values["at-once"]) {
    await wrangler(["deploy", ...defines]);
    return 0;
  }
  const { unstable_readConfig: read } = await import("wrangler");
  const { name, vars } = read({ config: `${ROOT}/wrangler.toml` }, { hideWarnings: true });
  const isDone = await releaseGradually({
    name: name ?? "holdfast",
    publicUrl: String(vars["PUBLIC_URL"]),
    build: { commit, functions: readFunctions().schema },
    defines,
    steps: STEPS,
    watchMs: minutes * 60_000,
    wrangler,
    say: (text) => console.log(text),
  });
  return isDone ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`Not deployed: ${reasonOf(error)}`);
  process.exitCode = 1;
}
