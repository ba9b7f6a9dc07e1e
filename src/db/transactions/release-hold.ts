import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { type Act, type Outcome, runVerb } from "../verb.ts";
import { holdAudit } from "./hold.ts";
import { holdersCtes } from "./holder.ts";

/** Frees a held slot at once. Refused when there is no such hold (any more): releasing is repeatable, so that is fine too. */
export function releaseHold(db: Database, act: Act, holdId: string): Promise<Outcome<{ slotId: string }>> {
  return runVerb<{ slotId: string }>(db, act, {
    audit: { action: "hold.release", entity: "slot" },
    tell: null,
    steps: sql`${holdersCtes(act.caller, holdId)},
      released as (
        update slots s set hold_id = null, held_by = null, hold_expires_at = null, hold_extensions = 0,
          version = s.version + 1
        from held h where s.id = h.id returning s.*),
      change as materialized (
        select r.id as entity_id, h.held_by as subject_id, ${holdAudit(sql`h`)} as before, ${holdAudit(sql`r`)} as after,
          jsonb_build_object('slotId', r.id) as result, true as changed
        from released r, held h)`,
  });
}
