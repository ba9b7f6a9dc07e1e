import { run } from "../call.ts";
import type { Database } from "../client.ts";

type Forget = (db: Database, limit: number) => Promise<number>;

/**
 * Deletes up to `limit` rows of a kind that are older than the policy keeps them, oldest first; answers how many: the functions
 * forget_*. In the order in which a night does it.
 */
export const FORGET: Record<keyof KeptTooLong, Forget> = {
  freeSlots: (db, limit) => run(db, "forget_free_slots", { max_count: limit }),
  notified: (db, limit) => run(db, "forget_notified", { max_count: limit }),
  reminders: (db, limit) => run(db, "forget_reminders", { max_count: limit }),
  messageIds: (db, limit) => run(db, "forget_message_ids", { max_count: limit }),
  tasks: (db, limit) => run(db, "forget_tasks", { max_count: limit }),
  previews: (db, limit) => run(db, "forget_operation_previews", { max_count: limit }),
  reasons: (db, limit) => run(db, "forget_reasons", { max_count: limit }),
};

/** Numbers of rows that are older than the policy keeps them, by kind. */
export type KeptTooLong = Record<
  "freeSlots" | "notified" | "reminders" | "messageIds" | "tasks" | "previews" | "reasons",
  number
>;

/** Counts what the nightly job should have deleted `days` ago: count_kept_too_long.sql. */
export function countKeptTooLong(db: Database, days: number): Promise<KeptTooLong> {
  return run(db, "count_kept_too_long", { days });
}
