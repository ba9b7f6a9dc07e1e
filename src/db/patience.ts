/** Arrived answers are read for this number of steps before they count as missing, each of this many milliseconds. */
const HEARINGS = 5;
const HEARING_MS = 50;

/**
 * Calls back after `ms`, once all arrived answers are read. A Worker that computed while the time ran out
 * finds the timer and the answer waiting, the timer first. The plan of a reassignment is such work. The Worker may compute
 * again before it reads the answer. So the time ends in short steps, and a computation uses up only one.
 * @returns stops it
 */
export function afterAnswers(ms: number, isLate: () => void): () => void {
  let left = HEARINGS;
  const hear = (): void => {
    if (left-- === 0) isLate();
    else timer = setTimeout(hear, HEARING_MS);
  };
  let timer = setTimeout(hear, ms);
  return () => clearTimeout(timer);
}
