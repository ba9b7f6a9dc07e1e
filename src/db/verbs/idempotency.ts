import { run } from "../call.ts";
import type { Database } from "../client.ts";

/** Forgets up to `batch` kept answers that are older than `hours`, and says how many: forget_answers.sql. */
export function forgetAnswers(db: Database, hours: number, batch: number): Promise<number> {
  return run(db, "forget_answers", { hours, batch });
}
