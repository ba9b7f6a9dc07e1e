import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs, parseEnv } from "node:util";
import { ROOT } from "./build.ts";
import { examine } from "./doctor/examine.ts";
import type { Finding, Level } from "./doctor/finding.ts";
import { REMEDIES } from "./doctor/remedies.ts";
import { openSecrets, routeFindings } from "./doctor/settings.ts";

const USAGE = `Usage: npm run doctor -- [--config wrangler.toml] [--secrets FILE]

Checks a deployment from outside, and says of each part what is wrong and what to do. Settings come from [vars] of
wrangler.toml, then from FILE (NAME=value lines, as .dev.vars has them), then from the environment, which also has
DATABASE_OWNER_URL. Nothing is changed, and no secret is printed.

The exit code is 1 when something blocks bookings, 2 when only something else is wrong, and 0 otherwise.`;

const WORDS: Record<Level, string> = { blocks: "BLOCKS", wrong: "WRONG ", unchecked: "?     ", fine: "ok    " };

/** [vars] of a wrangler.toml, and whether it has a route. Wrangler itself reads the file. */
async function readConfig(file: string): Promise<{ vars: Record<string, string>; findings: Finding[] }> {
  const { unstable_readConfig: read } = await import("wrangler");
  const { vars, routes, route, workers_dev: hasAddress } = read({ config: file }, { hideWarnings: true });
  const hasRoute = Boolean(routes?.length) || Boolean(route) || Boolean(hasAddress);
  const findings = [...openSecrets(vars), ...routeFindings(hasRoute)];
  return { vars: Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, String(value)])), findings };
}

/** The settings of the environment, by their names. */
function fromEnvironment(): Record<string, string> {
  const names = Object.keys(REMEDIES).filter((name) => process.env[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? ""]));
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      config: { type: "string", default: join(ROOT, "wrangler.toml") },
      secrets: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return (console.log(USAGE), 0);
  const config = await readConfig(values.config);
  const secrets = values.secrets === undefined ? {} : parseEnv(readFileSync(values.secrets, "utf8"));
  const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim();
  const { settings, ...parts } = await examine({
    settings: { ...config.vars, ...(secrets as Record<string, string>), ...fromEnvironment() },
    ownerUrl: process.env["DATABASE_OWNER_URL"],
    commit,
  });
  const found = Object.entries({ settings: [...config.findings, ...(settings ?? [])], ...parts });
  for (const [part, findings] of found) {
    for (const { level, text } of findings) console.log(`${WORDS[level]}  ${part.padEnd(10)}  ${text}`);
  }
  const levels = found.flatMap(([, findings]) => findings.map(({ level }) => level));
  return levels.includes("blocks") ? 1 : levels.includes("wrong") ? 2 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error((error as Error).message);
  console.error(USAGE);
  process.exitCode = 1;
}
