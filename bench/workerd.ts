import { readFileSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { HEAP_MB, type WorkerLog } from "#dev/worker.ts";

/** V8's line about a collection (`--trace-gc`): the isolate, and its heap in MB before the collection. */
const COLLECTION = /\[\d+:(0x[0-9a-f]+)\] .*?(?:Scavenge|Mark-Compact)[^0-9]*([\d.]+) \(([\d.]+)\) ->/;

/**
 * Makes V8 log every garbage collection of the Workers that this process starts. The heap is largest directly before a
 * collection, so the log has its true maximum, also during a calculation.
 */
export function traceHeap(): HeapTrace {
  process.env["MINIFLARE_WORKERD_V8_FLAGS"] = `--trace-gc --max-heap-size=${HEAP_MB}`;
  return new HeapTrace();
}

/** Collects workerd's heap sizes. */
export class HeapTrace {
  readonly #peaks = new Map<string, number>();

  /** Takes every line of the Worker's log. */
  read({ message }: WorkerLog): void {
    for (const [, isolate = "", used] of message.matchAll(new RegExp(COLLECTION, "g"))) {
      this.#peaks.set(isolate, Math.max(this.#peaks.get(isolate) ?? 0, Number(used)));
    }
  }

  /**
   * The largest heap of any isolate since the last call, MB. The Worker must have written to its console since, because
   * V8's lines wait in a buffer before that.
   */
  async peak(): Promise<number> {
    await sleep(200);
    const peak = Math.max(0, ...this.#peaks.values());
    this.#peaks.clear();
    return peak;
  }
}

/** CPU time of a process so far, all its threads, milliseconds. */
export function cpuOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  // Nanoseconds on a processor (Linux, sched-stats).
  const spent = threads.map((id) => Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, "utf8").split(" ")[0]));
  return spent.reduce((sum, ns) => sum + ns / 1e6, 0);
}
