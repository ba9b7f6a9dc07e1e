/** A source of numbers that look random and are the same in every run. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  below(below: number): number;
  /** One of a list. */
  pick<T>(list: readonly T[]): T;
  /** An index into `weights`, as likely as its weight says. */
  weighted(weights: readonly number[]): number;
}

/** Mulberry32 (public domain, Tommy Ettinger): 32 bits of state are plenty for made-up people. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    pick: (list) => {
      const item = list[below(list.length)];
      if (item === undefined) throw new RangeError("Nothing can be picked from an empty list.");
      return item;
    },
    weighted: (weights) => {
      let rest = next() * weights.reduce((sum, weight) => sum + weight, 0);
      const index = weights.findIndex((weight) => (rest -= weight) < 0);
      return index < 0 ? weights.length - 1 : index;
    },
  };
}

/**
 * Makes UUIDv7 (RFC 9562 5.7) with the time `epochMs`, ascending in the order in which they are asked for. The database's
 * own ids are random. These repeat from run to run, so that two seeds at the same moment are equal.
 */
export function uuids(epochMs: number, seed: number): () => string {
  const source = random(seed);
  const time = epochMs.toString(16).padStart(12, "0");
  let count = 0;
  return () => {
    // The 12 bits after the version and 14 after the variant count; the rest stays random, as references need it.
    const high = Math.floor(count / 2 ** 14) % 2 ** 12;
    const low = count % 2 ** 14;
    count += 1;
    const tail = hex(source.below(2 ** 16), 4) + hex(source.below(2 ** 32), 8);
    return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(high, 3)}-${hex(0x8000 | low, 4)}-${tail}`;
  };
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
