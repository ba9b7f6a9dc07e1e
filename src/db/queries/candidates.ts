import { type SQL, sql } from "drizzle-orm";
import type { Limits, Weights } from "#domain/reassignment/model.ts";

/** What the policy says of reassignment, as the solver takes it. */
export interface ReassignmentRules {
  weights: Weights;
  limits: Limits;
}

/** Whoever has appointment `a` could be in slot `s`: as far as its length, its place and their other appointments go. */
export function couldTake(a: SQL, s: SQL): SQL {
  return sql`${a}.ends_at - ${a}.starts_at <= ${s}.ends_at - ${s}.starts_at
    and exists (
      select from patients t where t.id = ${a}.patient_id and t.active and t.merged_into is null
        and (not t.keeps_location or ${a}.location_id = ${s}.location_id))
    and not exists (
      select from appointments o where o.patient_id = ${a}.patient_id and o.slot_id is not null and o.id <> ${a}.id
        -- No slot is longer than a day, and starts have an index.
        and o.starts_at > ${s}.starts_at - interval '1 day' and o.starts_at < ${s}.ends_at
        and tstzrange(o.starts_at, o.ends_at) && tstzrange(${s}.starts_at, ${s}.ends_at))`;
}

/**
 * A query of the open placement cases that slot `s` fits: of its doctor or another of the specialty, and no further from
 * the lost date than the clinic would move somebody by itself. For `exists`.
 */
export function casesFor(s: SQL): SQL {
  return sql`
    select from appointments w join cases k on k.appointment_id = w.id and k.status = 'open'
    where w.status = 'to-place' and w.doctor_id = any(array(
        select m.id from doctors d join doctors m on m.specialty = d.specialty where d.id = ${s}.doctor_id))
      and ${s}.starts_at between w.starts_at - make_interval(days => (select reassign_days from policy) + 1)
        and w.starts_at + make_interval(days => (select reassign_days from policy) + 1)
      -- Who is about to be placed automatically needs no keeping for staff.
      and not exists (select from operation_items i where i.appointment_id = w.id and i.state = 'pending')
      and ${couldTake(sql`w`, s)}`;
}
