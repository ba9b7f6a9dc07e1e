import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { NOW, patientCtes } from "../fragments.ts";
import { type Act, type Outcome, runVerb } from "../verb.ts";
import { type HoldRow, holdAudit, holdJson } from "./hold.ts";
import { holdersCtes } from "./holder.ts";

/**
 * Gives a live hold its full length again, counted from now, if extensions are left. Refused (nothing changed) when the
 * hold has expired by the database's clock, is not the caller's, or all extensions are used.
 */
export function extendHold(db: Database, act: Act, holdId: string): Promise<Outcome<HoldRow>> {
  return runVerb<HoldRow>(db, act, {
    audit: { action: "hold.extend", entity: "slot" },
    tell: null,
    steps: sql`${holdersCtes(act.caller, holdId)},
      extended as (
        update slots s set hold_extensions = s.hold_extensions + 1, version = s.version + 1,
          hold_expires_at = ${NOW} + make_interval(secs => (select hold_seconds from policy))
        from held h
        where s.id = h.id and h.hold_expires_at > ${NOW} and h.hold_extensions < (select hold_extensions from policy)
        returning s.*),
      change as materialized (
        select e.id as entity_id, e.held_by as subject_id, ${holdAudit(sql`h`)} as before, ${holdAudit(sql`e`)} as after,
          ${holdJson(sql`e`, NOW)} as result, true as changed
        from extended e, held h)`,
  });
}
