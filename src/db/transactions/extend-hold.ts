import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { NOW } from "../fragments.ts";
import { slotFate } from "../queries/slot-fate.ts";
import { type Act, type Outcome, runVerb } from "../verb.ts";
import { type HoldLimit, HOLD_LIMIT, allowanceCte, debtAfter } from "./allowance.ts";
import { type HoldRow, holdAudit, holdJson } from "./hold.ts";
import { holdersCtes } from "./holder.ts";

/**
 * Gives a live hold its full length again, counted from now, if extensions are left. Refused (nothing changed) when the
 * hold has expired by the database's clock, is not the caller's, when all extensions are used, or the patient's holding time is.
 */
export function extendHold(db: Database, act: Act, holdId: string): Promise<Outcome<HoldRow, HoldLimit>> {
  const staff = act.caller.role === "staff";
  const added = sql`select greatest(0, extract(epoch from ${NOW} - h.hold_expires_at) + (select hold_seconds from policy)) from held h`;
  return runVerb<HoldRow, HoldLimit>(db, act, {
    audit: { action: "hold.extend", entity: "slot" },
    tell: null,
    refusal: HOLD_LIMIT,
    fate: slotFate(act.caller, null, { holdId }),
    steps: sql`${holdersCtes(act.caller, holdId)},
      ${allowanceCte(added, staff)},
      extended as (
        update slots s set hold_extensions = s.hold_extensions + 1, version = s.version + 1,
          hold_expires_at = ${NOW} + make_interval(secs => (select hold_seconds from policy))
        from held h
        where s.id = h.id and h.hold_expires_at > ${NOW} and h.hold_extensions < (select hold_extensions from policy)
          and (select ok from allowance)
        returning s.*),
      charged as (
        update patients t set hold_debt_until = ${debtAfter(staff)}
        where t.id = (select id from patient) and exists (select from extended)),
      change as materialized (
        select e.id as entity_id, e.held_by as subject_id, ${holdAudit(sql`h`)} as before, ${holdAudit(sql`e`)} as after,
          ${holdJson(sql`e`, NOW)} as result, true as changed
        from extended e, held h)`,
  });
}
