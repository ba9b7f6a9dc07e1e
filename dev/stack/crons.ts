import { nextRun } from "#dev/qstash/cron.ts";

/**
 * Calls `run` whenever one of the cron expressions is due (UTC, as Cloudflare's triggers are), until stopped. A run that
 * fails is reported and the next one comes all the same.
 */
export function startCrons(
  crons: readonly string[],
  run: (cron: string, at: Date) => Promise<unknown>,
  onError: (cron: string, error: unknown) => void,
): { stop(): void } {
  const timers = new Map<string, NodeJS.Timeout>();
  const arm = (cron: string, after: number): void => {
    const due = nextRun(cron, after);
    // A timer may fire a moment early; that must not make the same minute due twice.
    const fire = (): void => {
      run(cron, new Date(due)).catch((error: unknown) => onError(cron, error));
      arm(cron, Math.max(due, Date.now()));
    };
    timers.set(cron, setTimeout(fire, Math.max(0, due - Date.now())));
  };
  for (const cron of crons) arm(cron, Date.now());
  return {
    stop() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
