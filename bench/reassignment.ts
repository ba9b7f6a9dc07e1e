import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "#dev/build.ts";
import type { Solved } from "./reassignment-run.ts";
import { judged, table } from "./report.ts";

/** Less than a Worker's 128 MB, which also hold memory outside V8's heap. */
const HEAP_MB = 100;
const SIZES = [100, 300, 1_000, 2_000, 5_000, 10_000];
/** Above this HiGHS takes minutes, or more memory than WebAssembly has. */
const MAX_FOR_HIGHS = 300;
const SEED = 1;

/**
 * P6: a cancelled day in clinics of growing size, solved in a separate process with a Worker's memory. Compared with a
 * greedy plan and, up to a size, with the linear programme's optimum. There are ten free slots for each displaced
 * appointment, or two.
 */
export function reassignment(): Promise<void> {
  for (const freeEach of [10, 2]) {
    console.log(`P6: ${freeEach} free slots for each; seed ${SEED}; heap limited to ${HEAP_MB} MB; costs in points\n`);
    const rows: (string | number)[][] = [
      [
        "displaced",
        "free slots",
        "placed",
        "cost",
        "proven bound",
        "s",
        "of it CPU s",
        "peak MB",
        "grows as n to the",
        "LP optimum",
        "LP s",
        "greedy placed",
        "greedy cost",
        "greedy s",
      ],
    ];
    let before: Solved | undefined;
    let growth = Number.NaN;
    for (const displaced of SIZES) {
      const run = solveInProcess(displaced, freeEach);
      growth = before ? Math.log(run.cpuMs / before.cpuMs) / Math.log(displaced / before.displaced) : Number.NaN;
      rows.push([
        run.displaced,
        run.slots,
        run.placed,
        points(run.cost),
        run.bound === run.cost ? "equal" : points(run.bound),
        seconds(run.ms),
        seconds(run.cpuMs),
        run.peakMB.toFixed(0),
        before ? growth.toFixed(2) : "",
        run.linear ? points(run.linear.cost) : "",
        run.linear ? seconds(run.linear.ms) : "",
        run.greedy.placed,
        points(run.greedy.cost),
        seconds(run.greedy.ms),
      ]);
      before = run;
    }
    table(rows);
    console.log(`from 5,000 to 10,000 it grows as n to the ${judged(growth, 2)}\n`);
  }
  return Promise.resolve();
}

function solveInProcess(displaced: number, freeEach: number): Solved {
  const script = join(ROOT, "bench/reassignment-run.ts");
  const args = [String(displaced), String(freeEach), String(SEED), String(displaced <= MAX_FOR_HIGHS)];
  const said = execFileSync(process.execPath, [`--max-old-space-size=${HEAP_MB}`, script, ...args], {
    encoding: "utf8",
  });
  return JSON.parse(said) as Solved;
}

const points = (sixtieths: number): string => (sixtieths / 60).toFixed(0);
const seconds = (ms: number): string => (ms / 1000).toFixed(2);
