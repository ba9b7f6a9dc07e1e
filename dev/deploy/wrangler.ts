import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../build.ts";
import type { Wrangler } from "./gradual.ts";

const PROGRAM = join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");

/** Runs the project's wrangler. It prints to the terminal as well, and may ask there. */
export const wrangler: Wrangler = async (args) => {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-wrangler-"));
  const file = join(folder, "output");
  try {
    const run = spawn(process.execPath, [PROGRAM, ...args], {
      cwd: ROOT,
      stdio: ["inherit", "pipe", "inherit"],
      env: { ...process.env, WRANGLER_OUTPUT_FILE_PATH: file },
    });
    let text = "";
    run.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      process.stdout.write(chunk);
    });
    const code = await new Promise((resolve) => run.once("close", resolve));
    if (code !== 0) throw new Error(`wrangler ${args.slice(0, 2).join(" ")} ended with ${String(code)}.`);
    const lines = await readFile(file, "utf8").catch(() => "");
    const uploaded = lines.split("\n").find((line) => line.includes('"version-upload"'));
    return { text, versionId: uploaded ? (JSON.parse(uploaded) as { version_id: string }).version_id : null };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
