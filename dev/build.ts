import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { readFunctions } from "./functions.ts";
import { waitForLock } from "./lock.ts";

/** The repository's root. */
export const ROOT = join(import.meta.dirname, "..");

/** The result of `buildAll`, which can be started any number of times. */
export interface Build {
  /** The bundled Worker: one module, exactly what a deployment uploads. */
  script: string;
  /** Worker options as wrangler reads them from wrangler.toml, in miniflare's v4 form; the environment is not in it. */
  options: Record<string, unknown>;
  /** The cron expressions of wrangler.toml. */
  crons: string[];
  /** Size of the script in bytes. */
  bytes: number;
}

const SCALAR = "@scalar/api-reference/dist/browser/standalone.js";

const WORKER_SOURCES = ["src", "wrangler.toml", "package.json", "package-lock.json"];
const REFERENCE_SOURCES = ["src", "dev/openapi", "package-lock.json"];
const WEB_SOURCES = ["web", "src/contract", "src/domain", "package.json", "package-lock.json"];

/**
 * Builds the two apps with Vite, the API's reference, and the Worker with wrangler. Each is built only if its sources
 * changed. Several processes may call it at once: one builds, the others wait and use the result.
 * @throws Error with the tool's own output when a build fails
 */
export async function buildAll(onStep: (text: string) => void = () => {}): Promise<Build> {
  const dist = join(ROOT, "dist");
  await mkdir(join(dist, "web"), { recursive: true });
  const release = await waitForLock(join(dist, ".lock"));
  try {
    await ifChanged(join(dist, ".web-stamp"), WEB_SOURCES, async () => {
      onStep("Building the apps");
      await tool("vite/bin/vite.js", ["build", "web", "--config", "web/vite.config.ts", "--logLevel", "warn"]);
    });
    // Vite empties its folder first, so the API's reference is written again after each build of the apps.
    await ifChanged(join(dist, ".reference-stamp"), [...REFERENCE_SOURCES, "dist/.web-stamp"], async () => {
      onStep("Writing the API's reference");
      const { writeReference } = await import("./openapi/write.ts");
      await writeReference(join(dist, "web"), join(ROOT, "node_modules", SCALAR));
    });
    // Wrangler reads the apps' headers file, so a new build of the apps makes the Worker's stale too.
    await ifChanged(join(dist, ".worker-stamp"), [...WORKER_SOURCES, "dist/.web-stamp"], async () => {
      onStep("Building the Worker");
      await rm(join(dist, "worker"), { recursive: true, force: true });
      await tool("wrangler/bin/wrangler.js", [
        "deploy",
        "--dry-run",
        "--outdir",
        "dist/worker",
        ...buildDefines("local"),
      ]);
      const { unstable_getMiniflareWorkerOptions: read } = await import("wrangler");
      const { workerOptions } = read(join(ROOT, "wrangler.toml"));
      // Values come from the caller that starts the Worker, never from local files.
      const { bindings: _, ...options } = workerOptions as Record<string, unknown>;
      await writeFile(join(dist, "worker", "options.json"), JSON.stringify(options));
    });
  } finally {
    await release();
  }
  const script = await readFile(join(dist, "worker", "index.js"), "utf8");
  const options = JSON.parse(await readFile(join(dist, "worker", "options.json"), "utf8")) as Record<string, unknown>;
  return { script, options, crons: options["cronTriggers"] as string[], bytes: Buffer.byteLength(script) };
}

/** The arguments that describe the Worker's build: the schema of its stored functions, the package's version, the commit. */
export function buildDefines(commit: string): string[] {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  const values = { FUNCTIONS_SCHEMA: readFunctions().schema, BUILD_VERSION: version, BUILD_COMMIT: commit };
  return Object.entries(values).flatMap(([name, value]) => ["--define", `${name}:${JSON.stringify(value)}`]);
}

async function ifChanged(stampFile: string, sources: string[], build: () => Promise<void>): Promise<void> {
  const stamp = await fingerprint(sources);
  if ((await readFile(stampFile, "utf8").catch(() => "")) === stamp) return;
  await build();
  await writeFile(stampFile, stamp);
}

/** One hash over names and contents of files and folders, given relative to the root. */
async function fingerprint(sources: string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const source of sources) {
    const path = join(ROOT, source);
    const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined);
    const files = entries?.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const file of files?.sort() ?? [path]) {
      hash.update(`${relative(ROOT, file)}\0`);
      hash.update(readFileSync(file));
    }
  }
  return hash.digest("hex");
}

/** Runs a tool from node_modules; its output appears only if it fails. */
function tool(path: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, "node_modules", path), ...args], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...BUILD_ENV },
    });
    const output: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${path} ${args[0]} failed (${code}):\n${Buffer.concat(output).toString().trim()}`));
    });
  });
}

/**
 * With these, wrangler does not check for updates, report usage or write log files. The build is always the one that ships.
 * Under the test runner's NODE_ENV it would have React's development build.
 */
const BUILD_ENV = {
  NODE_ENV: "production",
  CI: "true",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_WRITE_LOGS: "false",
};

// `npm run build` makes what `wrangler deploy` uploads.
if (import.meta.main) await buildAll((text) => console.log(`${text} ...`));
