import { readReadiness } from "#db/queries/clinic.ts";
import { ZONE_MONTHS, judgeReadiness } from "#domain/readiness.ts";
import type { Services } from "#src/context.ts";

/**
 * Writes the state of the clinic's backlogs and clocks as one log line, for the alerts of docs/runbook.md.
 * @throws what the database threw
 */
export async function runOnce({ db, log }: Pick<Services, "db" | "log">): Promise<void> {
  const { notifications, audit, clock, zones } = judgeReadiness(await readReadiness(db, ZONE_MONTHS), Date.now());
  log("state", {
    overdueSeconds: notifications.overdueSeconds,
    unsealedSeconds: audit.unsealedSeconds,
    skewSeconds: clock.skewSeconds,
    zones: zones.different,
  });
}
