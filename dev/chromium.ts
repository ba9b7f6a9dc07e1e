import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The build without windows comes first: the same pages cost a quarter less CPU in it. */
const HEADLESS = "chromium-headless-shell";
const NAMES = [HEADLESS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The browser for the tests: CHROME_PATH, else the first Chromium or Chrome on PATH; undefined without one. */
export function findChromium(): string | undefined {
  const path = process.env["CHROME_PATH"];
  if (path) return path;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
}

/**
 * Finds the browser, or installs it if this is root on Debian or a system derived from it.
 * @returns its path, or why there is none
 */
export function ensureChromium(onStep: (text: string) => void): { path: string } | { reason: string } {
  const found = findChromium();
  if (found && isProgram(found)) return { path: found };
  if (found) return { reason: `CHROME_PATH is ${found}, which is not a program.` };
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    return { reason: "No Chromium or Chrome is on PATH. Install one, or name it in CHROME_PATH." };
  }
  onStep("Installing Chromium for the browser tests");
  // Not every system has the build without windows.
  const failure = install(HEADLESS) && install("chromium");
  if (failure) return { reason: failure };
  const path = findChromium();
  return path ? { path } : { reason: "Chromium was installed, but is not on PATH." };
}

/** Installs a Debian package. @returns why that failed, or undefined */
function install(name: string): string | undefined {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [
    ["update", "-qq"],
    ["install", "-y", "-qq", "--no-install-recommends", name],
  ]) {
    const { status, stderr } = spawnSync("apt-get", args, {
      env,
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
    });
    if (status !== 0) return `apt-get ${args[0]} failed: ${stderr.trim().split("\n").at(-1)}`;
  }
  return undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
