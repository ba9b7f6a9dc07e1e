import { FORGET } from "#db/verbs/retention.ts";
import type { Services } from "#src/context.ts";

/** Batch size, rows: a statement of a fraction of a second, so that a person who needs one of the rows hardly waits. */
const BATCH = 1_000;

/** Maximum number of batches of each kind in a night. The next night continues. */
const BATCHES = 200;

/**
 * Deletes what is older than the policy keeps it. Each batch is a statement and a transaction of its own, and passes over rows
 * that are locked. Repeating it is harmless, and so is a night without it.
 * @throws what the database threw; the batches before it are kept
 */
export async function runOnce({ db, log }: Pick<Services, "db" | "log">): Promise<void> {
  for (const [kind, forget] of Object.entries(FORGET)) {
    let count = 0;
    for (let batch = 0; batch < BATCHES; batch++) {
      const forgotten = await forget(db, BATCH);
      count += forgotten;
      if (forgotten < BATCH) break;
    }
    if (count > 0) log("forgotten", { job: `forget ${kind}`, count });
  }
}
