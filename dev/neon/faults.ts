/**
 * When a fault strikes: a probability per exchange (from the seeded generator), or a decision per exchange number. Numbers
 * count from 1 at the last `set`. An exchange is an HTTP request or a WebSocket turn.
 */
export type Chance = number | ((n: number) => boolean);

export interface FaultPlan {
  /** Cut every connection at once, as if no server listened. */
  refuse?: boolean;
  /** Hold every exchange this long before it is forwarded (milliseconds). */
  hangMs?: number;
  /** Cut the connection instead of forwarding: the database gets nothing. */
  dropBeforeForward?: Chance;
  /** Cut the connection instead of replying: the database has done it, and the client cannot know. */
  dropBeforeReply?: Chance;
  /** Seed of the generator behind probabilities; the same seed strikes the same exchanges. */
  seed?: number;
}

/** How often each fault struck since the last `set`, which proves that a test met its fault. */
export interface FaultCounts {
  exchanges: number;
  refused: number;
  hung: number;
  droppedBeforeForward: number;
  droppedBeforeReply: number;
}

/** The fault of one exchange. */
export interface ExchangeFaults {
  hangMs: number;
  dropBeforeForward: boolean;
  dropBeforeReply: boolean;
}

export class Faults {
  #plan: FaultPlan = {};
  #random = generator(1);
  #counts = noCounts();

  /** Replaces the plan; `set({})` ends all faults. The counts start again. */
  set(plan: FaultPlan): void {
    this.#plan = plan;
    this.#random = generator(plan.seed ?? 1);
    this.#counts = noCounts();
  }

  fired(): FaultCounts {
    return { ...this.#counts };
  }

  /** Decides whether to cut a new connection, and counts a cut one as refused. */
  refusing(): boolean {
    if (this.#plan.refuse) this.#counts.refused++;
    return this.#plan.refuse ?? false;
  }

  /** Decides the next exchange. */
  next(): ExchangeFaults {
    const { refuse = false, hangMs = 0 } = this.#plan;
    const n = ++this.#counts.exchanges;
    const before = !refuse && this.#strikes(this.#plan.dropBeforeForward, n);
    const after = !refuse && !before && this.#strikes(this.#plan.dropBeforeReply, n);
    if (refuse) this.#counts.refused++;
    if (hangMs > 0) this.#counts.hung++;
    if (before) this.#counts.droppedBeforeForward++;
    if (after) this.#counts.droppedBeforeReply++;
    return { hangMs: refuse ? 0 : hangMs, dropBeforeForward: refuse || before, dropBeforeReply: after };
  }

  #strikes(chance: Chance | undefined, n: number): boolean {
    if (chance === undefined) return false;
    return typeof chance === "function" ? chance(n) : this.#random() < chance;
  }
}

function noCounts(): FaultCounts {
  return { exchanges: 0, refused: 0, hung: 0, droppedBeforeForward: 0, droppedBeforeReply: 0 };
}

/** mulberry32: 32 bits of state, uniform in [0, 1). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
