// This file runs on the machine's own Node (>= 20), before anything is installed. It installs the packages of
// package-lock.json if node_modules is missing or stale. Then it starts the script with Node 24, which is the npm package
// `node` and runs TypeScript directly. Usage: node dev/bootstrap.mjs <script.ts> [args]
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
  // Like `npm ci`, this installs exactly the lock file. But `npm ci` also refuses a lock file without another platform's
  // optional binary, which a registry may not have.
  install(process.env.PATH ?? "");
  if (!existsSync(node)) {
    console.error(
      "The npm package `node` did not unpack its binary: is `ignore-scripts` set in your npm configuration?",
    );
    process.exit(1);
  }
  // On an older Node npm leaves out optional binaries that need a newer one. Node 24 is installed now, and npm on it adds
  // what is missing.
  if (process.version !== versionOf(node)) install(`${dirname(node)}${delimiter}${process.env.PATH ?? ""}`);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** Installs the lock file with the npm and the Node that are first in this path. */
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

// The whole stack sees the moved clock, Postgres and browser included.
let clock = {};
try {
  clock = movedClock(process.env, join(root, "dist"));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

const child = spawn(node, [join(root, script), ...args], {
  // The channel closes when this process ends, also by a kill, and so the script learns of it.
  stdio: ["inherit", "inherit", "inherit", "ipc"],
  env: { ...process.env, ...clock, PATH: `${dirname(node)}:${process.env.PATH ?? ""}` },
});
// Ctrl-C reaches the child through the terminal's process group; other signals must be passed on.
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
process.on("SIGINT", () => {});
// npm starts this process through a shell, and neither may pass a signal on. An orphaned process must end.
if (process.env.npm_lifecycle_event) {
  const began = ancestors();
  setInterval(() => ancestors() === began || child.kill("SIGTERM"), 500).unref();
}
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));

/** The process ids of the shell and, where /proc exists, of npm. */
function ancestors() {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, "utf8");
    return `${process.ppid} ${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]}`;
  } catch {
    return String(process.ppid);
  }
}
