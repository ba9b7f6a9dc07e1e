import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { styleText } from "node:util";
import { ROOT } from "./build.ts";

/** Folders and files are listed, because oxlint without arguments checks nothing and reports no error. */
const LINTED = ["src", "web", "dev", "test", "bench", "drizzle.config.ts", "oxlint.config.ts", "vitest.config.ts"];

const CATALOGUES = ["--workers", "1", "--config", "web/lingui.config.ts"];

const CHECKS: Record<string, string[]> = {
  "types of the Worker": ["tsc", "-p", "."],
  "types of dev and tests": ["tsc", "-p", "dev"],
  "types of the patient app": ["tsc", "-p", "web"],
  "types of the staff app": ["tsc", "-p", "web/staff"],
  "lint and folder boundaries": ["oxlint", "--type-aware", "--deny-warnings", ...LINTED],
  formatting: ["oxfmt", "--check", ...LINTED],
  "catalogues hold the apps' texts": ["lingui", "check", "sync", "--clean", ...CATALOGUES],
  "every text in every language": ["lingui", "check", "missing", "--mode", "catalog", ...CATALOGUES],
  "unused files, exports and dependencies": ["knip", "--no-progress"],
};

interface Outcome {
  name: string;
  ok: boolean;
  seconds: number;
  output: string;
}

/** Runs one tool of node_modules to its end and collects its output. */
function run(name: string, [tool = "", ...args]: string[]): Promise<Outcome> {
  const began = performance.now();
  const bin = join(ROOT, "node_modules", ".bin");
  return new Promise((resolve, reject) => {
    const child = spawn(
      join(bin, tool),
      args.filter((arg) => !LINTED.includes(arg) || existsSync(join(ROOT, arg))),
      {
        cwd: ROOT,
        stdio: ["ignore", "pipe", "pipe"],
        // The tools' launchers start `node`, which must be the Node of this process.
        env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}` },
      },
    );
    const output: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
    child.once("error", reject);
    child.once("close", (code) => {
      const seconds = (performance.now() - began) / 1000;
      resolve({ name, ok: code === 0, seconds, output: Buffer.concat(output).toString().trim() });
    });
  });
}

if (process.argv.length > 2) {
  console.error("Usage: npm run check     (checks everything; it has no options)");
  process.exit(1);
}
const outcomes = await Promise.all(
  Object.entries(CHECKS).map(async ([name, command]) => {
    const outcome = await run(name, command);
    const mark = outcome.ok ? styleText("green", "ok    ") : styleText("red", "FAILED");
    console.log(`${mark} ${name} (${outcome.seconds.toFixed(1)} s)`);
    return outcome;
  }),
);
const failed = outcomes.filter(({ ok }) => !ok);
for (const { name, output } of failed) console.error(`\n${styleText("bold", name)}\n${output}`);
console.log(failed.length === 0 ? "\nAll checks passed." : `\n${failed.length} of ${outcomes.length} checks failed.`);
process.exitCode = failed.length === 0 ? 0 : 1;
