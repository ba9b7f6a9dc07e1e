import { type SQL, sql } from "drizzle-orm";
import type { CallerRef } from "../fragments.ts";

/**
 * `patient`, `held` and `moment` for the verbs on an existing hold: the held slot's row, locked, if it is the caller's
 * own (patients) or anybody's, or the named patient's (staff). It waits for the lock, which only statements that are about to find the slot held
 * can have, and for as long as they take; `moment` is read after that wait, so an expiry meanwhile counts.
 */
export function holdersCtes(caller: CallerRef, holdId: string, patientId: string | null = null): SQL {
  const whose =
    caller.role === "staff"
      ? sql`(${patientId}::uuid is null or s.held_by = ${patientId}::uuid)`
      : sql`s.held_by = (select t.id from patients t where t.person_id = (select actor_id from go) and t.active)`;
  return sql`held as materialized (
      select s.* from slots s where exists (select from go) and s.hold_id = ${holdId}::uuid and ${whose} for update),
    patient as materialized (select h.held_by as id from held h),
    moment as materialized (select clock_timestamp() as now from (select count(*) from held) waited)`;
}
