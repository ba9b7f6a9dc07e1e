import { forgetAnswers } from "#db/queries/idempotency.ts";
import type { Services } from "#src/context.ts";

/**
 * How long a first answer is kept for a retry, hours. Apps retry within minutes, a phone that was switched off within a
 * day; two days cover both and a night in which this job did not run.
 */
const KEPT_HOURS = 48;

/** So many rows a statement: short enough for the role's statement timeout on a day's worth of any clinic. */
const BATCH = 5_000;

/** Deletes kept answers past their time. Repeating it is harmless, and so is a night without it. */
export async function runOnce({ db, log }: Pick<Services, "db" | "log">): Promise<void> {
  let total = 0;
  for (;;) {
    const count = await forgetAnswers(db, KEPT_HOURS, BATCH);
    total += count;
    if (count < BATCH) break;
  }
  log("swept", { count: total });
}
