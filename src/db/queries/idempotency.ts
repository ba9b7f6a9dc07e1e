import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";

/**
 * Forgets up to `limit` kept answers that are older than `hours`, oldest first, and says how many. Rows that somebody
 * else is deleting are left to them.
 */
export async function forgetAnswers(db: Database, hours: number, limit: number): Promise<number> {
  const [row] = await db.rows<{ count: number }>(sql`
    with old as (
      select k.person_id, k.key from idempotency_keys k
      where k.created_at < now() - make_interval(hours => ${hours}::int)
      order by k.created_at limit ${limit} for update skip locked),
    gone as (
      delete from idempotency_keys k using old where k.person_id = old.person_id and k.key = old.key returning 1)
    select count(*)::int as count from gone`);
  return row?.count ?? 0;
}
