import { type SQL, sql } from "drizzle-orm";
import { ctes } from "../fragments.ts";
import { appointmentAudit } from "../queries/appointments.ts";
import { type PatientRow, patientJson } from "../queries/patients.ts";
import type { Transaction } from "../transaction.ts";

/** Two records that are becoming one, both locked, and who makes them one. */
export interface Merging {
  goingId: string;
  stayingId: string;
  reason: string | null;
  actorId: string;
  requestId: string;
}

/** What the audit trail keeps of a record `t`: as staff see it, and who logs in as this patient. */
const recordAudit = (t: SQL): SQL => sql`${patientJson(t)} || jsonb_build_object('personId', ${t}.person_id)`;

/**
 * Switches off the record that goes, and ends what the survivor cannot have beside its own: holds, an open task about the
 * same trouble, the calendar address that goes without its login. Answers the person who logged in as this patient.
 */
export async function endRecord(tx: Transaction, merging: Merging): Promise<string | null> {
  const [going, staying, actor] = idsOf(merging);
  const [row] = await tx.rows<{ login: string | null }>(
    sql`${ctes([
      sql`former as materialized (select t.* from patients t where t.id = ${going})`,
      sql`gone as (
      update patients t set active = false, merged_into = ${staying}, person_id = null, hold_slot_ids = '{}',
        changed_by = ${actor}, updated_at = clock_timestamp(), version = t.version + 1
      where t.id = ${going} returning t.*)`,
      sql`held as materialized (
      select s.* from slots s where s.id = any(array(select unnest(hold_slot_ids) from former)) and s.held_by = ${going})`,
      sql`released as (
      update slots s set hold_id = null, held_by = null, hold_expires_at = null, hold_extensions = 0,
        version = s.version + 1
      from held h where s.id = h.id returning s.*)`,
      sql`feeds as (
      delete from calendar_feeds f using former t
      where f.patient_id = case when t.person_id is null then t.id else ${staying} end returning f.*)`,
      sql`finished as (
      update tasks k set status = 'done', done_at = clock_timestamp(), done_by = ${actor}, version = k.version + 1
      where k.patient_id = ${going} and k.status = 'open' and k.kind <> 'job-failed' and exists (
        select from tasks o where o.patient_id = ${staying} and o.kind = k.kind and o.status = 'open')
      returning k.*)`,
      recordedCte(
        merging,
        sql`select t.id, 'patient.merge', 'patient', t.id, ${recordAudit(sql`t`)}, ${recordAudit(sql`g`)}
          from former t join gone g on g.id = t.id
        union all select ${going}, 'hold.release', 'slot', h.id, ${holdAudit(sql`h`)}, ${holdAudit(sql`r`)}
          from held h join released r on r.id = h.id
        union all select f.patient_id, 'calendar-feed.remove', 'patient', f.patient_id,
          jsonb_build_object('since', f.created_at), null::jsonb
          from feeds f
        union all select ${going}, 'task.finish', 'task', k.id, jsonb_build_object('status', 'open', 'kind', k.kind),
          jsonb_build_object('status', k.status, 'kind', k.kind)
          from finished k`,
      ),
    ])} select t.person_id as login from former t`,
  );
  return row?.login ?? null;
}

/**
 * All that is left of the record that went is the survivor's: appointments of every status, so their cases too, tasks,
 * the calendar address, the login, and how much of its budgets is spent. What the survivor's record lacks is filled in,
 * and what either asked of the clinic holds. Appointments that are over may lie at one time. Answers the survivor.
 */
export async function inheritRecord(tx: Transaction, merging: Merging, login: string | null): Promise<PatientRow> {
  const [going, staying, actor] = idsOf(merging);
  const [row] = await tx.rows<{ patient: PatientRow }>(
    sql`${ctes([
      sql`former as materialized (select t.* from patients t where t.id = ${going})`,
      sql`own as materialized (select t.* from patients t where t.id = ${staying})`,
      sql`stayed as (
      update patients t set person_id = coalesce(t.person_id, ${login}::uuid), email = coalesce(t.email, f.email),
        phone = coalesce(t.phone, f.phone), reminders = t.reminders and f.reminders,
        keeps_location = t.keeps_location or f.keeps_location,
        hold_quota_restored_at = greatest(t.hold_quota_restored_at, f.hold_quota_restored_at),
        change_times = array(select x from unnest(t.change_times || f.change_times) x order by x),
        changed_by = ${actor}, updated_at = clock_timestamp(), version = t.version + 1
      from former f where t.id = ${staying} returning t.*)`,
      // Switched off with the record that went; the survivor is active.
      sql`allowed as (update people p set active = true where p.id = ${login}::uuid and not p.active)`,
      sql`visits as materialized (select a.* from appointments a where a.patient_id = ${going})`,
      sql`moved as (
      update appointments a set patient_id = ${staying}, version = a.version + 1, changed_by = ${actor},
        updated_at = clock_timestamp(), overlap_allowed = a.overlap_allowed or (a.slot_id is not null and exists (
          select from appointments o
          where o.patient_id = ${staying} and o.slot_id is not null and not o.overlap_allowed
            and o.starts_at < a.ends_at and o.ends_at > a.starts_at))
      from visits v where a.id = v.id returning a.*)`,
      // What an operation has done to them can be taken back as before.
      sql`items as (
      update operation_items i set patient_id = ${staying},
        left_version = case when i.left_version = v.version then v.version + 1 else i.left_version end
      from visits v where i.appointment_id = v.id)`,
      sql`feed as (update calendar_feeds f set patient_id = ${staying} where f.patient_id = ${going})`,
      sql`trouble as (
      update tasks k set patient_id = ${staying}, version = k.version + 1 where k.patient_id = ${going})`,
      recordedCte(
        merging,
        sql`select o.id, 'patient.merge', 'patient', o.id, ${recordAudit(sql`o`)}, ${recordAudit(sql`s`)}
          from own o join stayed s on s.id = o.id
        union all select m.patient_id, 'appointment.merge', 'appointment', m.id, ${appointmentAudit(sql`v`)},
          ${appointmentAudit(sql`m`)}
          from moved m join visits v on v.id = m.id`,
      ),
    ])} select ${patientJson(sql`s`)} as patient from stayed s`,
  );
  if (!row) throw new Error("a merge answered no row");
  return row.patient;
}

function idsOf({ goingId, stayingId, actorId }: Merging): [going: SQL, staying: SQL, actor: SQL] {
  return [sql`${goingId}::uuid`, sql`${stayingId}::uuid`, sql`${actorId}::uuid`];
}

/** `recorded`: audit rows of (subject, action, entity, id, before, after). */
function recordedCte({ actorId, reason, requestId }: Merging, rows: SQL): SQL {
  return sql`recorded as (
    insert into audit (actor_id, patient_id, action, entity, entity_id, before, after, reason, request_id)
    select ${actorId}::uuid, x.subject, x.action, x.entity, x.id, x.before, x.after, ${reason}, ${requestId}
    from (${rows}) x (subject, action, entity, id, before, after))`;
}

/** What the audit trail keeps of a slot's hold. */
function holdAudit(s: SQL): SQL {
  return sql`jsonb_build_object('slotId', ${s}.id, 'holdId', ${s}.hold_id, 'heldBy', ${s}.held_by,
    'holdExpiresAt', ${s}.hold_expires_at, 'holdExtensions', ${s}.hold_extensions)`;
}
