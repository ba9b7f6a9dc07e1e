import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { type PatientRow, patientJson } from "../queries/patients.ts";
import type { Act, Outcome } from "../call.ts";
import { runVerb } from "../verb.ts";

/**
 * Staff say that mail may go to a patient again: their address is no longer stopped, the tasks about it are done, and
 * whatever they could not be told of appointments to come is told now. What is so already is answered.
 */
export function resumeMail(db: Database, act: Act, patientId: string): Promise<Outcome<PatientRow>> {
  return runVerb<PatientRow>(db, act, {
    audit: { action: "patient.resume-mail", entity: "patient" },
    tell: sql`told as (
      update outbox o set version = o.version + 1, first_dirty_at = clock_timestamp(), due_at = clock_timestamp()
      from appointments a
      where o.patient_id = (select entity_id from change where changed) and o.due_at is null and a.id = o.appointment_id
        and a.starts_at > clock_timestamp()
        -- Settling finds out whether there is anything to say; only this tells that somebody tried.
        and (select d.state from deliveries d where d.appointment_id = a.id and d.patient_id = o.patient_id
          and d.kind <> 'reminder' order by d.started_at desc limit 1) = 'failed'
      returning o.due_at)`,
    steps: sql`patient as materialized (
        select t.* from patients t
        where exists (select from go) and t.id = ${patientId}::uuid and t.merged_into is null for no key update),
      allowed as (
        delete from suppressions s using patient t where s.address = lower(t.email) returning s.*),
      closed as (
        update tasks k set status = 'done', done_at = clock_timestamp(), done_by = (select actor_id from go),
          version = k.version + 1
        from patient t where k.patient_id = t.id and k.status = 'open'
          and k.kind in ('mail-bounced', 'mail-complained', 'no-address')
        returning k.id),
      change as materialized (
        select t.id as entity_id, t.id as patient_id,
          jsonb_build_object('mailStopped', (select reason from allowed)) as before,
          jsonb_build_object('mailStopped', null, 'tasksDone', (select count(*) from closed)) as after,
          ${patientJson(sql`t`)} || '{"mailStopped": null}' as result,
          exists (select from allowed) or exists (select from closed) as changed
        from patient t)`,
  });
}
