import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";

/** A timer of Node ends a fraction of a millisecond late. So the last millisecond is waited for turn by turn. */
const TIMER_MS = 1;

/**
 * Resolves at `due` (of `performance.now()`, milliseconds), so that an injected delay is as long as it says.
 * @throws an AbortError when `signal` is aborted during the timer
 */
export async function delayUntil(due: number, signal?: AbortSignal): Promise<void> {
  const wait = due - performance.now() - TIMER_MS;
  if (wait > 0) await sleep(wait, undefined, { signal });
  while (performance.now() < due) await nextTurn();
}
