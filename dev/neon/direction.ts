import { delayUntil } from "./delay.ts";

/** One direction of a connection: data leaves in the order of its entry, after the delay at its entry. */
export class Direction {
  #tail: Promise<void> = Promise.resolve();
  #due = 0;

  /** Runs `deliver` after `delayMs` and after everything pushed before; deliveries never overlap. */
  push(delayMs: number, deliver: () => void | Promise<void>): void {
    this.#due = Math.max(this.#due, performance.now() + delayMs);
    const due = this.#due;
    const before = this.#tail;
    this.#tail = (async () => {
      await before;
      await delayUntil(due);
      await deliver();
    })();
  }
}
