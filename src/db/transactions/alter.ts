import { type SQL, sql } from "drizzle-orm";
import { NOW } from "../fragments.ts";
import { appointmentAudit, appointmentJson } from "../queries/appointments.ts";
import { freed, takenBy } from "./subject.ts";

/**
 * `altered` and `change`: the appointment that is the verb's `subject` with `set`, unless its `verdict` refuses. `source`
 * is a CTE `n` from which something is set.
 */
export function alterCtes(set: SQL, source?: SQL): SQL {
  return sql`altered as (
      update appointments a set ${set}, changed_by = (select actor_id from go), updated_at = ${NOW}, version = a.version + 1
      from ${source ? sql`${source} n,` : sql``} verdict v where a.id = (select id from subject) and v.refusal is null
      returning a.*),
    change as materialized (
      select m.id as entity_id, m.patient_id as patient_id, ${appointmentAudit(sql`a`)} as before,
        ${appointmentAudit(sql`m`)} as after, ${appointmentJson(sql`m`)} as result, true as changed
      from altered m, subject a)`;
}

/** `rival`: another appointment of the patient's at the time of slot `target`, which the verb is to move this one into. */
export const rivalCte = sql`rival as materialized (
  select o.id from appointments o, target n
  where o.patient_id = (select id from patient) and o.id <> (select id from subject) and o.slot_id is not null
    and not o.overlap_allowed and tstzrange(o.starts_at, o.ends_at) && tstzrange(n.starts_at, n.ends_at) limit 1)`;

/** `altered` and `change` as above, with the appointment in slot `target`, and the slot that it leaves is free. */
export function moveCtes(set: SQL): SQL {
  const place = sql`slot_id = n.id, doctor_id = n.doctor_id, location_id = n.location_id, starts_at = n.starts_at,
    ends_at = n.ends_at, overlap_allowed = exists (select from rival)`;
  return sql`${alterCtes(sql`${place}, ${set}`, sql`target`)},
    taken as (
      update slots s set ${takenBy(sql`m.id`)} from altered m where s.id = m.slot_id),
    freed as (
      update slots s set ${freed} from altered m, subject a where s.id = a.slot_id)`;
}
