import { type SQL, sql } from "drizzle-orm";
import type { CallerRef } from "../fragments.ts";

/**
 * `patient`, `held` and `moment` for the verbs on an existing hold: its holder and the held slot's row, locked in that
 * order as everywhere, if the hold is the caller's own (patients), or anybody's or the named patient's (staff), and the
 * holder is still an active patient. Those locks are held only by verbs of the same patient and by statements that are
 * about to find the slot held; `moment` is read after that wait, so an expiry meanwhile counts.
 */
export function holdersCtes(caller: CallerRef, holdId: string, patientId: string | null = null): SQL {
  const whose =
    caller.role === "staff"
      ? sql`(${patientId}::uuid is null or t.id = ${patientId}::uuid)`
      : sql`t.person_id = (select actor_id from go)`;
  return sql`patient as materialized (
      select t.* from patients t
      where exists (select from go) and t.id = (select s.held_by from slots s where s.hold_id = ${holdId}::uuid)
        and ${whose} and t.active and t.merged_into is null
      for no key update),
    held as materialized (
      select s.* from slots s where s.hold_id = ${holdId}::uuid and s.held_by = (select id from patient) for update),
    moment as materialized (select clock_timestamp() as now from (select count(*) from held) waited)`;
}
