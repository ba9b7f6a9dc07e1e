import { parseArgs } from "node:util";
import { ROOT } from "./build.ts";
import { smoke } from "./deploy/smoke.ts";
import { wrangler } from "./deploy/wrangler.ts";
import { reasonOf } from "./migrate.ts";

const USAGE = `Usage: npm run rollback -- [version]

Lets the version before the newest, or the named one, answer all requests, and asks it for what visitors need. The database
needs nothing: each version calls its own functions there.`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: "boolean", short: "h" } },
  });
  if (values.help) return (console.log(USAGE), 0);
  await wrangler(["rollback", ...positionals, "--yes", "--message", "npm run rollback"]);
  const { unstable_readConfig: read } = await import("wrangler");
  const { vars } = read({ config: `${ROOT}/wrangler.toml` }, { hideWarnings: true });
  const wrong = await smoke(String(vars["PUBLIC_URL"]), {}, null);
  if (wrong.length === 0) return (console.log("It answers."), 0);
  console.error(
    `The version answers, but not as it must:\n${wrong.join("\n")}\n` +
      "If its functions were dropped from the database, run npm run migrate from its commit.",
  );
  return 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`Not rolled back: ${reasonOf(error)}`);
  process.exitCode = 1;
}
