import { forgetAnswers } from "#db/verbs/idempotency.ts";
import { forgetPreviews } from "#db/queries/previews.ts";
import type { Services } from "#src/context.ts";

/**
 * How long a first answer is kept for a retry, hours. Apps retry within minutes, a phone that was switched off within a
 * day; two days cover both and a night in which this job did not run.
 */
const KEPT_HOURS = 48;

/** How long what a preview showed is kept for whoever applies it, days: nobody agrees to last week's. */
const PREVIEW_DAYS = 7;

/** So many rows a statement: short enough for the role's statement timeout on a day's worth of any clinic. */
const BATCH = 5_000;

/** Deletes kept answers and previews past their time. Repeating it is harmless, and so is a night without it. */
export async function runOnce({ db, log }: Pick<Services, "db" | "log">): Promise<void> {
  const answers = await all((limit) => forgetAnswers(db, KEPT_HOURS, limit));
  const previews = await all((limit) => forgetPreviews(db, PREVIEW_DAYS, limit));
  log("swept", { count: answers + previews });
}

async function all(forget: (limit: number) => Promise<number>): Promise<number> {
  for (let total = 0; ;) {
    const count = await forget(BATCH);
    total += count;
    if (count < BATCH) return total;
  }
}
