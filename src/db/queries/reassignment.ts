import { type SQL, sql } from "drizzle-orm";
import type { CandidateSlot, DisplacedAppointment } from "#domain/reassignment/model.ts";
import type { Days, Supply } from "#domain/reassignment/window.ts";
import type { Database } from "../client.ts";
import { ctes } from "../fragments.ts";
import { type ReassignmentRules, candidateSlots, displacedJson, rulesJson } from "./candidates.ts";

/** Who is to be placed, by which rules, and where there are free slots. */
export interface Stock extends ReassignmentRules {
  displaced: DisplacedAppointment[];
  supply: Supply[];
}

const NOW = sql`(select now from moment)`;

const dateOf = (day: SQL): SQL => sql`(date '1970-01-01' + ${day})`;

/**
 * CTEs that end in `stock(stock)`, a jsonb `Stock`: of the appointments whose ids the query `ids` answers and that are in
 * that state. `except` is a condition on their patients' other appointments `o` that are displaced as well.
 */
export function stockCtes(ids: SQL, isWanted: SQL, except?: SQL): SQL {
  return sql`moment as materialized (select clock_timestamp() as now),
    waiting as materialized (
      -- One look at a key for each: of rows written a moment ago the planner knows no number, and would compare all.
      select ${displacedJson(except)} as one
      from (${ids}) p (id) cross join lateral (
        select a.* from appointments a where a.id = p.id offset 0) a where ${isWanted}),
    rules as materialized (select ${rulesJson(NOW)} as rules),
    reach as materialized (
      select array_agg(distinct w.one ->> 'specialty') as specialties,
        min((w.one ->> 'day')::int) - (r.rules -> 'limits' ->> 'reassignDays')::int as first,
        max((w.one ->> 'day')::int) + (r.rules -> 'limits' ->> 'reassignDays')::int as last
      from waiting w, rules r group by r.rules),
    supply as (
      select c.specialty, c.day, count(*)::int as free
      from (${candidateSlots({
        now: NOW,
        specialties: sql`(select specialties from reach)::text[]`,
        from: dateOf(sql`(select first from reach)`),
        to: dateOf(sql`(select last from reach)`),
        staff: false,
      })}) c group by c.specialty, c.day),
    stock as (
      select r.rules || jsonb_build_object(
        'displaced', coalesce((select jsonb_agg(w.one order by w.one -> 'startsAt', w.one ->> 'appointmentId')
          from waiting w), '[]'),
        'supply', coalesce((select jsonb_agg(to_jsonb(s)) from supply s), '[]')) as stock
      from rules r)`;
}

/** The free slots of a specialty on some days, as patients could have them; in the order of time. */
export async function readCandidates(db: Database, specialty: string, days: readonly Days[]): Promise<CandidateSlot[]> {
  const parts = days.map(({ from, to }) =>
    candidateSlots({
      now: NOW,
      specialties: sql`array[${specialty}]`,
      from: dateOf(sql`${from}::int`),
      to: dateOf(sql`${to}::int`),
      staff: false,
    }),
  );
  const [row] = await db.rows<{ slots: CandidateSlot[] }>(sql`${ctes([
    sql`moment as materialized (select clock_timestamp() as now)`,
  ])} select coalesce(jsonb_agg(to_jsonb(c) order by c."startsAt", c."slotId"), '[]') as slots
    from (${sql.join(parts, sql` union all `)}) c`);
  return row?.slots ?? [];
}
