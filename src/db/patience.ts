/** How long arrived answers are read before they count as missing, milliseconds. */
const HEARING_MS = 250;

/**
 * Calls back after `ms`, once all arrived answers are read. A Worker that computed while the time ran out
 * finds the timer and the answer waiting, the timer first. The plan of a reassignment is such work.
 * @returns stops it
 */
export function afterAnswers(ms: number, isLate: () => void): () => void {
  let timer = setTimeout(() => {
    timer = setTimeout(isLate, HEARING_MS);
  }, ms);
  return () => clearTimeout(timer);
}
