import { spawn } from "node:child_process";
import { join } from "node:path";
import { ROOT, buildAll, functionsName } from "./build.ts";

// `npm run deploy`: builds the apps and the Worker and uploads both. The Worker is given the name of the stored functions
// that it was built with; `npm run migrate` must have installed them before. Further arguments are wrangler's own.
await buildAll((text) => console.log(`${text} ...`));
const wrangler = join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
const args = [wrangler, "deploy", ...functionsName(), ...process.argv.slice(2)];
spawn(process.execPath, args, { cwd: ROOT, stdio: "inherit" }).once("close", (code) => {
  process.exitCode = code ?? 1;
});
