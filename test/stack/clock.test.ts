import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "#dev/build.ts";
import type { Clocks } from "./clocks.ts";

const canCompile = ["cc", "gcc", "clang"].some((compiler) => !spawnSync(compiler, ["--version"]).error);
if (!canCompile) console.error("The tests of the moved clock are SKIPPED: there is no C compiler on PATH.");

/** Runs the script that looks at all clocks, as npm would; this process's own clock may be moved as well. */
async function look(clock: string): Promise<{ code: number | null; errors: string; clocks: () => Clocks }> {
  const child = spawn(process.execPath, [join(ROOT, "dev", "bootstrap.mjs"), "test/stack/clocks.ts"], {
    cwd: ROOT,
    env: { ...process.env, LD_PRELOAD: "", HOLDFAST_CLOCK: clock },
  });
  const [output, errors]: [string[], string[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk.toString()));
  const code = await new Promise<number | null>((done) => child.once("close", done));
  return { code, errors: errors.join(""), clocks: () => JSON.parse(output.join("")) as Clocks };
}

/** The real time, however this process's clock was moved. */
const realNow = (): number => Date.now() - Number.parseInt(process.env["HOLDFAST_CLOCK"] || "0", 10) * 1000;

describe.skipIf(!canCompile)("the moved clock", () => {
  test.each([
    ["+31622400s", () => realNow() + 31_622_400_000],
    ["-86400s", () => realNow() - 86_400_000],
    ["2028-02-28T23:59:30Z", () => Date.parse("2028-02-28T23:59:30Z")],
  ])("at %s Node, Postgres and workerd agree on the time, and waits last as long as ever", async (clock, expected) => {
    const began = performance.now();
    const at = expected();
    const { code, errors, clocks } = await look(clock);
    const took = performance.now() - began;
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    const { waits, ...seen } = clocks();
    const late = Object.entries(seen).map(([part, now]) => [part, now - at > -2000 && now - at < took + 2000]);
    expect(Object.fromEntries(late)).toEqual({ node: true, postgres: true, worker: true });
    // Postgres sleeps for 20 seconds where its timeout does not come.
    const lasted = Object.entries(waits).map(([part, wait]) => [part, wait > 390 && wait < 15_000]);
    expect(Object.fromEntries(lasted)).toEqual({ node: true, postgres: true, worker: true });
  });

  test("a setting that cannot be read ends the command with what can", async () => {
    const { code, errors } = await look("tomorrow");
    expect({ code, errors }).toEqual({
      code: 1,
      errors: 'HOLDFAST_CLOCK is "tomorrow"; it takes +90s, -90s or an instant (2027-03-28T00:30:00Z).\n',
    });
  });
});
