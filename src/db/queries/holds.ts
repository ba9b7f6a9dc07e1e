import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { type CallerRef, actorCte, ctes } from "../fragments.ts";
import { type HoldRow, holdJson } from "../transactions/hold.ts";

/** The caller's live hold. `known` false: no such caller; `hold` null: expired, released, or not theirs. */
export async function findHold(db: Database, caller: CallerRef, holdId: string) {
  const whose =
    caller.role === "staff"
      ? sql`true`
      : sql`s.held_by = (select t.id from patients t where t.person_id = (select id from actor))`;
  const [row] = await db.rows<{ known: boolean; hold: HoldRow | null }>(sql`${ctes([actorCte(caller)])}
    select exists (select from actor) as known,
      (select ${holdJson(sql`s`, sql`clock_timestamp()`)} from slots s
       where s.hold_id = ${holdId}::uuid and s.hold_expires_at > clock_timestamp()
         and exists (select from actor) and ${whose}) as hold`);
  return { known: row?.known ?? false, hold: row?.hold ?? null };
}
