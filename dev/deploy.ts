import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { ROOT, buildAll, buildDefines } from "./build.ts";
import { hasFunctions, readFunctions } from "./functions.ts";
import { connected } from "./migrate.ts";

/** Why this build must not be deployed now, or null. */
async function obstacle(): Promise<string | null> {
  const url = process.env["DATABASE_OWNER_URL"];
  if (!url)
    return "DATABASE_OWNER_URL is not set: without it nothing shows that the database has the functions of this build.";
  if (await connected(url, hasFunctions)) return null;
  return `The database does not have the functions of this build, ${readFunctions().schema}: run npm run migrate first.`;
}

// `npm run deploy`: builds the apps and the Worker and uploads both. The Worker gets the name of the stored functions that
// it was built with. Further arguments are for wrangler.
const reason = await obstacle().catch((error: Error) => `The database does not answer: ${error.message}`);
if (reason) {
  console.error(`Nothing was deployed. ${reason}`);
  process.exitCode = 1;
} else {
  await buildAll((text) => console.log(`${text} ...`));
  const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim();
  const wrangler = join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
  const args = [wrangler, "deploy", ...buildDefines(commit), ...process.argv.slice(2)];
  spawn(process.execPath, args, { cwd: ROOT, stdio: "inherit" }).once("close", (code) => {
    process.exitCode = code ?? 1;
  });
}
