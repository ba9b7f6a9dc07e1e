import { Cron } from "croner";

const MINUTE_MS = 60_000;

/**
 * Calls `run` whenever one of the cron expressions is due (UTC, as Cloudflare's triggers are), until stopped. `at` is the
 * minute that was due. A run that fails is reported, and the next ones still come.
 */
export function startCrons(
  crons: readonly string[],
  run: (cron: string, at: Date) => Promise<unknown>,
  onError: (cron: string, error: unknown) => void,
): { stop(): void } {
  const jobs = crons.map(
    (cron) =>
      new Cron(cron, { timezone: "UTC", catch: (error) => onError(cron, error) }, async () => {
        await run(cron, new Date(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS));
      }),
  );
  return {
    stop() {
      for (const job of jobs) job.stop();
    },
  };
}
