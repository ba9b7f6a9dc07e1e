import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import type { CallerRef } from "../call.ts";
import { actorCte, ctes } from "../fragments.ts";

/** Keeps what a preview showed, for the operation that is applied with it. */
export async function keepPreview(db: Database, caller: CallerRef, token: string, shown: object): Promise<void> {
  await db.rows(sql`${ctes([actorCte(caller)])}
    insert into previews (token, actor_id, shown) select ${token}, a.id, ${JSON.stringify(shown)}::jsonb from actor a`);
}

/** Forgets up to `limit` previews that are older than `days`, oldest first, and says how many. */
export async function forgetPreviews(db: Database, days: number, limit: number): Promise<number> {
  const [row] = await db.rows<{ count: number }>(sql`
    with old as (
      select v.token from previews v
      where v.created_at < now() - make_interval(days => ${days}::int)
      order by v.created_at limit ${limit} for update skip locked),
    gone as (delete from previews v using old where v.token = old.token returning 1)
    select count(*)::int as count from gone`);
  return row?.count ?? 0;
}
