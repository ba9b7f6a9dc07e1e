import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { NOW } from "../fragments.ts";
import { type AppointmentRow, appointmentAudit, appointmentJson } from "../queries/appointments.ts";
import type { Act, Outcome } from "../call.ts";
import { runVerb } from "../verb.ts";
import type { Refusal } from "../refusal.ts";
import { type Override, type Subject, overlapCase, subjectCtes, versionAndStateCases } from "./subject.ts";
import { tellCte } from "./tell.ts";

export interface TransferInput extends Subject {
  /** The patient who gets the appointment. */
  recipientId: string;
  /** Allows it although the recipient has another appointment at that time. */
  override: Override | null;
}

export type TransferRefusal =
  | Refusal
  /** The recipient does not exist, is inactive or merged, or has the appointment already. */
  | { code: "no-such-patient" };

/**
 * Staff transfer an appointment to another patient, for example when it was booked for the wrong one of two siblings.
 * The former patient's reason and used changes are not passed on. Both patients are notified: a cancellation for the
 * former one, a booking for the recipient. The audit trail has an entry for each.
 */
export function transfer(
  db: Database,
  act: Act,
  input: TransferInput,
): Promise<Outcome<AppointmentRow, TransferRefusal>> {
  const reason = input.override?.reason ?? null;
  return runVerb<AppointmentRow, TransferRefusal>(db, act, {
    audit: { action: "appointment.transfer", entity: "appointment", reason },
    tell: tellCte(
      sql`g.id, x.patient_id, g.starts_at`,
      sql`given g cross join lateral (
        select g.patient_id union all select a.patient_id from subject a) x (patient_id)`,
    ),
    refusal: sql`(select refusal from verdict)`,
    steps: sql`${subjectCtes(act.caller, input, { byClinic: true, recipientId: input.recipientId })},
      recipient as materialized (
        select t.* from both_patients t
        where t.id = ${input.recipientId}::uuid and t.active and t.merged_into is null and t.id <> (select id from patient)),
      rival as materialized (
        select o.id from appointments o, subject a
        where o.patient_id = (select id from recipient) and o.slot_id is not null and a.slot_id is not null
          and not o.overlap_allowed and tstzrange(o.starts_at, o.ends_at) && tstzrange(a.starts_at, a.ends_at) limit 1),
      verdict as materialized (
        select case ${versionAndStateCases(input, "transfer")}
          when not exists (select from recipient) then jsonb_build_object('code', 'no-such-patient')
          ${input.override ? sql`` : overlapCase} end as refusal
        from subject a),
      given as (
        update appointments a set patient_id = (select id from recipient), reason = null, changes_used = 0,
          status = case a.status when 'moved' then 'booked' else a.status end,
          overlap_allowed = exists (select from rival), changed_by = (select actor_id from go), updated_at = ${NOW},
          version = a.version + 1
        from verdict v where a.id = (select id from subject) and v.refusal is null
        returning a.*),
      change as materialized (
        select g.id as entity_id, a.patient_id as patient_id, ${appointmentAudit(sql`a`)} as before,
          ${appointmentAudit(sql`g`)} as after, ${appointmentJson(sql`g`)} as result, true as changed
        from given g, subject a),
      heard as (
        insert into audit (actor_id, patient_id, action, entity, entity_id, before, after, reason, request_id)
        select go.actor_id, g.patient_id, 'appointment.transfer', 'appointment', c.entity_id, c.before, c.after,
          ${reason}, ${act.requestId}
        from change c, given g, go)`,
  });
}
