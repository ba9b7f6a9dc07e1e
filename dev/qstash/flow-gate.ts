import type { FlowControl } from "./model.ts";

/** Keeps requests with the same flow-control key within their parallelism and rate. */
export class FlowGate {
  #running = new Map<string, number>();
  #starts = new Map<string, number[]>();

  /**
   * `go` counts the request as started. A number is the time, in Unix milliseconds, at which to ask again. `wait` means
   * that another request of the key must end first.
   */
  enter(flow: FlowControl, nowMs: number): "go" | "wait" | number {
    const running = this.#running.get(flow.key) ?? 0;
    if (flow.parallelism !== undefined && running >= flow.parallelism) return "wait";
    const periodMs = flow.periodSeconds * 1000;
    const starts = (this.#starts.get(flow.key) ?? []).filter((start) => start > nowMs - periodMs);
    if (flow.rate !== undefined && starts.length >= flow.rate) return starts.at(-flow.rate)! + periodMs;
    this.#starts.set(flow.key, [...starts, nowMs]);
    this.#running.set(flow.key, running + 1);
    return "go";
  }

  leave(flow: FlowControl): void {
    this.#running.set(flow.key, Math.max(0, (this.#running.get(flow.key) ?? 0) - 1));
  }
}
