import { DueQueue } from "#dev/qstash/due-queue.ts";

/** Coming events by virtual milliseconds. Events of the same millisecond happen at the same time. */
export class Timeline {
  now: number;
  readonly #due = new DueQueue();
  readonly #events = new Map<string, () => Promise<void>>();
  #count = 0;

  constructor(startsAt: number) {
    this.now = startsAt;
  }

  at(time: number, event: () => Promise<void>): void {
    const key = String(this.#count++);
    this.#events.set(key, event);
    this.#due.add(key, Math.max(time, this.now));
  }

  /** Goes from one moment to the next, `setClock` first, until there is nothing more. */
  async run(setClock: (now: number) => Promise<void>): Promise<void> {
    for (let first = this.#due.first(); first !== null; first = this.#due.first()) {
      this.now = first.at;
      const together: (() => Promise<void>)[] = [];
      for (let next: typeof first | null = first; next?.at === this.now; next = this.#due.first()) {
        together.push(this.#events.get(next.key)!);
        this.#events.delete(next.key);
        this.#due.removeFirst();
      }
      await setClock(this.now);
      await Promise.all(together.map((event) => event()));
    }
  }
}
