import { forgetDryRuns } from "#db/verbs/imports.ts";
import { forgetAnswers } from "#db/verbs/idempotency.ts";
import { forgetPreviews } from "#db/verbs/clinic-calendar.ts";
import { forgetHolds } from "#db/verbs/holds.ts";
import type { Services } from "#src/context.ts";

/**
 * How long first answers are kept for retries, hours. Apps retry within minutes, and a phone that was switched off within
 * a day. Two days cover both, and a night in which this job did not run.
 */
const KEPT_HOURS = 48;

/** How long previews are kept for staff to apply them, and the reports of dry runs for them to read, days. */
const PREVIEW_DAYS = 7;

/** How long the slot of a hold is known by the hold's id, days. The longest hold ends before. */
const HOLD_DAYS = 7;

/** Batch size, rows in a statement: within the role's statement timeout. */
const BATCH = 5_000;

/** Deletes expired answers, previews, dry runs and holds. Repeating it is harmless, and so is a night without it. */
export async function runOnce({ db, log }: Pick<Services, "db" | "log">): Promise<void> {
  const answers = await all((limit) => forgetAnswers(db, KEPT_HOURS, limit));
  const previews = await all((limit) => forgetPreviews(db, PREVIEW_DAYS, limit));
  const dryRuns = await all((limit) => forgetDryRuns(db, PREVIEW_DAYS, limit));
  const holds = await all((limit) => forgetHolds(db, HOLD_DAYS, limit));
  log("swept", { count: answers + previews + dryRuns + holds });
}

async function all(forget: (limit: number) => Promise<number>): Promise<number> {
  for (let total = 0; ;) {
    const count = await forget(BATCH);
    total += count;
    if (count < BATCH) return total;
  }
}
