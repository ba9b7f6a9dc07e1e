/**
 * Watches how long a busy machine keeps this process waiting. The returned function gives that for the time since an
 * instant, both in milliseconds (epoch for the instant). A measurement against a goal leaves it out. Good for a page as
 * well, as it uses nothing from outside.
 */
export function watchHoldUps(): (since: number) => number {
  const TICK_MS = 20;
  const late: { at: number; by: number }[] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - last > TICK_MS) late.push({ at: Date.now(), by: now - last - TICK_MS });
    last = now;
  }, TICK_MS);
  // In Node it keeps no process alive; a page's is a number, and ends with the page.
  if (typeof timer === "object") timer.unref();
  return (since) => late.reduce((sum, { at, by }) => (at > since ? sum + by : sum), 0);
}
