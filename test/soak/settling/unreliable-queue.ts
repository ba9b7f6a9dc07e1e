import type { Queue } from "#adapters/qstash.ts";
import type { Random } from "#dev/seed/random.ts";
import type { Timeline } from "./timeline.ts";

/** How often each thing goes wrong, 0 to 1. */
export interface QueueFaults {
  lost: number;
  duplicated: number;
  reordered: number;
}

const DEDUPLICATION_MS = 600_000;
/** As our messages ask for it (src/adapters/qstash.ts). */
const RETRIES = 5;
const retryDelayMs = (retried: number): number => Math.min(3_600_000, 15_000 * 4 ** retried);
/** A message that is overtaken comes so much later at most. */
const OVERTAKEN_MS = 90_000;

/**
 * QStash as documented, on a timeline. Messages come not before an instant, in whole seconds, at least once, in no order.
 * The first message with a deduplication id wins for ten minutes. Retries have growing pauses. Its faults: a publish fails
 * or vanishes, a message is delivered twice (at once or later), or overtaken by others.
 */
export class UnreliableQueue {
  readonly counts = { published: 0, deduplicated: 0, lost: 0, duplicated: 0, reordered: 0, retried: 0, givenUp: 0 };
  readonly #seen = new Map<string, number>();
  readonly #timeline: Timeline;
  readonly #dice: Random;
  readonly #faults: QueueFaults;

  constructor(timeline: Timeline, dice: Random, faults: QueueFaults) {
    this.#timeline = timeline;
    this.#dice = dice;
    this.#faults = faults;
  }

  /** Takes a message for `deliver`, which throws to be called again. */
  publish(options: { notBefore: number; dedupe: string }, deliver: () => Promise<void>): void {
    const { now } = this.#timeline;
    this.counts.published += 1;
    if ((this.#seen.get(options.dedupe) ?? 0) > now) {
      this.counts.deduplicated += 1;
      return;
    }
    if (this.#dice.next() < this.#faults.lost) {
      this.counts.lost += 1;
      // Half of them never reached QStash, and the publisher knows; QStash lost the other half with their ids.
      if (this.#dice.next() < 0.5) throw new Error("QStash did not take it");
      this.#seen.set(options.dedupe, now + DEDUPLICATION_MS);
      return;
    }
    this.#seen.set(options.dedupe, now + DEDUPLICATION_MS);
    let at = Math.ceil(Math.max(now, options.notBefore) / 1000) * 1000;
    if (this.#dice.next() < this.#faults.reordered) {
      this.counts.reordered += 1;
      at += this.#dice.below(OVERTAKEN_MS);
    }
    this.#deliver(at, deliver, 0);
    if (this.#dice.next() < this.#faults.duplicated) {
      this.counts.duplicated += 1;
      this.#deliver(at + (this.#dice.next() < 0.5 ? 0 : this.#dice.below(OVERTAKEN_MS)), deliver, 0);
    }
  }

  /** As the Worker sees it. */
  adapter(deliver: (ids: Record<string, string>) => Promise<void>): Queue {
    return {
      publish: async (_job, ids, options) => this.publish(options, () => deliver(ids)),
      verify: () => Promise.resolve(null),
      answers: () => Promise.resolve(true),
    };
  }

  #deliver(at: number, deliver: () => Promise<void>, retried: number): void {
    this.#timeline.at(at, async () => {
      try {
        await deliver();
      } catch {
        if (retried === RETRIES) {
          this.counts.givenUp += 1;
          return;
        }
        this.counts.retried += 1;
        this.#deliver(this.#timeline.now + retryDelayMs(retried), deliver, retried + 1);
      }
    });
  }
}
