/** A clock, in Unix milliseconds. */
export type Clock = { now(): number };

/** A clock that stands still until a test sets it. */
export type VirtualClock = Clock & { set(unixMs: number): void };

/** A clock for tests that starts at `unixMs` and never goes back. */
export function virtualClock(unixMs: number): VirtualClock {
  let time = unixMs;
  return {
    now: () => time,
    set(to) {
      time = Math.max(time, to);
    },
  };
}
