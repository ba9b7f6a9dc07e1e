import { readFileSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { HEAP_MB, type WorkerLog } from "#dev/worker.ts";

/** What V8 writes before and after each collection (`--trace-gc`): the isolate, and its heap in MB as it was before. */
const COLLECTION = /\[\d+:(0x[0-9a-f]+)\] .*?(?:Scavenge|Mark-Compact)[^0-9]*([\d.]+) \(([\d.]+)\) ->/;

/**
 * Tells V8 to write down every garbage collection in whatever Worker this process starts from now on. The heap is largest
 * right before one, so what is written is its true height, in the middle of a calculation as well, where nothing else can
 * look.
 */
export function traceHeap(): HeapTrace {
  process.env["MINIFLARE_WORKERD_V8_FLAGS"] = `--trace-gc --max-heap-size=${HEAP_MB}`;
  return new HeapTrace();
}

/** Collects what workerd says of its heaps. */
export class HeapTrace {
  readonly #peaks = new Map<string, number>();

  /** Give it every line of the Worker's log. */
  read({ message }: WorkerLog): void {
    for (const [, isolate = "", used] of message.matchAll(new RegExp(COLLECTION, "g"))) {
      this.#peaks.set(isolate, Math.max(this.#peaks.get(isolate) ?? 0, Number(used)));
    }
  }

  /**
   * The largest heap any isolate had since the last call, MB. The Worker must have written to its console meanwhile:
   * V8's own lines wait in a buffer until then.
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
