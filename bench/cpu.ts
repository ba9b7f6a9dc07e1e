import { setTimeout as sleep } from "node:timers/promises";
import { type Build, buildAll } from "#dev/build.ts";
import { startWorker } from "#dev/worker.ts";
import { type BenchStack, startBenchStack } from "./bench-stack.ts";
import { inMs, judged, quantile, table } from "./report.ts";
import { cpuOf } from "./workerd.ts";

const STARTS = 9;
/** Requests that are not counted: V8 still optimises during the first hundreds. */
const WARM = 200;
/** Milliseconds in which the work after an answer ends, such as the request to QStash. */
const AFTER_MS = 25;
const STARTUP_MS = 50;
const REQUEST_MS = 3;

/**
 * P7: the CPU time of the Worker's start and of a warm request, all of workerd's threads together. Waiting and other work on
 * the machine do not count. Beside each, the same for an empty Worker.
 */
export async function cpu({ runs }: { runs: number }): Promise<void> {
  const build = await buildAll();
  const empty = { ...build, script: "export default { fetch() { return new Response(); } };" };
  const starts: Record<"ours" | "empty", number[]> = { ours: [], empty: [] };
  for (let n = 0; n < STARTS; n++) {
    starts.ours.push(await startOf(build));
    starts.empty.push(await startOf(empty));
  }
  const [ours, floor] = [quantile(starts.ours, 0.5), quantile(starts.empty, 0.5)];
  console.log(`P7: workerd until it listens, CPU ms, median of ${STARTS}, by turns\n`);
  table([
    ["the Worker", "a Worker that does nothing", "difference / goal"],
    [inMs(ours), inMs(floor), `${inMs(ours - floor)} ms: ${judged((ours - floor) / STARTUP_MS, 1)}`],
  ]);

  const stack = await startBenchStack(20);
  const nothing = await startWorker({ build: empty, port: 0, env: {} });
  try {
    const idle: number[] = [];
    for (let n = 0; n < runs + WARM; n++) {
      const before = cpuOf(nothing.pid);
      await (await fetch(`${nothing.url}/api/nothing`)).text();
      await sleep(AFTER_MS);
      if (n >= WARM) idle.push(cpuOf(nothing.pid) - before);
    }
    await requests(stack, runs, mean(idle));
  } finally {
    await nothing.close();
    await stack.close();
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

async function startOf(build: Build): Promise<number> {
  const worker = await startWorker({ build, port: 0, env: {} });
  try {
    return cpuOf(worker.pid);
  } finally {
    await worker.close();
  }
}

/** Sequential requests, compared with workerd's own time for one (`floor`). */
async function requests(stack: BenchStack, runs: number, floor: number): Promise<void> {
  const slots = await stack.freeSlots((runs + WARM) * 2, false);
  const held: string[] = [];
  const call = (n: number, method: string, path: string, body?: unknown) => {
    const patient = stack.patients[n % stack.patients.length];
    if (!patient) throw new Error("there are no patients");
    return patient(method, path, body);
  };
  const kinds: Record<string, (n: number) => Promise<{ status: number }>> = {
    "availability of a week": (n) => call(n, "GET", "/availability"),
    "hold a named slot": (n) => call(n, "POST", "/holds", { slotId: slots[n] }),
    confirm: (n) => call(n, "POST", "/appointments", { holdId: held[n] }),
  };
  const rows: string[][] = [["request", "CPU ms", "beyond a Worker that does nothing"]];
  for (const [name, send] of Object.entries(kinds)) {
    const spent: number[] = [];
    for (let n = 0; n < runs + WARM; n++) {
      if (name === "confirm") {
        const { body } = await call(n, "POST", "/holds", { slotId: slots[runs + WARM + n] });
        held[n] = body.id ?? "";
      }
      const before = cpuOf(stack.worker.pid);
      const { status } = await send(n);
      if (status >= 300) throw new Error(`${name} was answered ${status}`);
      await sleep(AFTER_MS);
      if (n >= WARM) spent.push(cpuOf(stack.worker.pid) - before);
      if (name === "hold a named slot") await stack.reset();
    }
    const own = mean(spent) - floor;
    rows.push([name, mean(spent).toFixed(2), `${own.toFixed(2)} ms: ${judged(own / REQUEST_MS, 1)}`]);
  }
  console.log(`P7: CPU of workerd for a warm request, mean of ${runs}; doing nothing ${floor.toFixed(2)} ms\n`);
  table(rows);
}
