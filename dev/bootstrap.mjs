// The one file that runs on whatever Node (>= 20) the machine has and before anything is installed.
// It installs what package-lock.json names when node_modules is missing or stale, then hands over to the Node 24 that
// comes as the npm package `node`, which runs TypeScript as it is. Usage: node dev/bootstrap.mjs <script.ts> [args]
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { movedClock } from "./clock/move.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [major] = process.versions.node.split(".");
if (Number(major) < 20) {
  console.error(`Holdfast needs Node 20 or newer to start; this is ${process.versions.node}.`);
  process.exit(1);
}

const [script, ...args] = process.argv.slice(2);
const stamp = join(root, "node_modules", ".holdfast-installed");
const wanted = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
const node = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted || !existsSync(node)) {
  console.error("Installing dependencies (first run, or package-lock.json changed) ...");
  // As `npm ci`, exactly what the lock file says and without touching it; but `npm ci` also refuses a lock file that
  // leaves out another platform's optional binary, which a registry may not have.
  install(process.env.PATH ?? "");
  if (!existsSync(node)) {
    console.error(
      "The npm package `node` did not unpack its binary: is `ignore-scripts` set in your npm configuration?",
    );
    process.exit(1);
  }
  // On another Node than ours npm has left out every optional binary that asks for a newer one. Now ours is there: what is
  // missing is added by npm running on it.
  if (process.version !== versionOf(node)) install(`${dirname(node)}${delimiter}${process.env.PATH ?? ""}`);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** Installs what the lock file says, with the npm and on the Node that are first in this path. */
function install(path) {
  const npm = spawnSync("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
    env: { ...process.env, NODE_ENV: "development", PATH: path },
  });
  if (npm.status === 0) return;
  console.error("Installing dependencies failed; see npm's message above.");
  process.exit(npm.status ?? 1);
}

function versionOf(executable) {
  return spawnSync(executable, ["--version"], { encoding: "utf8" }).stdout.trim();
}

// What the clock shows is for the whole stack to see, Postgres and browser included.
let clock = {};
try {
  clock = movedClock(process.env, join(root, "dist"));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

const child = spawn(node, [join(root, script), ...args], {
  // The channel tells the script, by closing, that this process is gone, even if it was killed.
  stdio: ["inherit", "inherit", "inherit", "ipc"],
  env: { ...process.env, ...clock, PATH: `${dirname(node)}:${process.env.PATH ?? ""}` },
});
// Ctrl-C reaches the child through the terminal's process group; a plain kill must be passed on.
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
process.on("SIGINT", () => {});
// npm runs us through a shell. Killed or told to end, neither of them may pass it on: then we are orphans, and must go.
if (process.env.npm_lifecycle_event) {
  const began = ancestors();
  setInterval(() => ancestors() === began || child.kill("SIGTERM"), 500).unref();
}
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));

/** Parent and, where /proc can tell, grandparent: the shell, and npm. */
function ancestors() {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, "utf8");
    return `${process.ppid} ${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]}`;
  } catch {
    return String(process.ppid);
  }
}
