import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { NOW } from "../fragments.ts";
import { type AppointmentRow, appointmentAudit, appointmentJson } from "../queries/appointments.ts";
import { slotFate } from "../queries/slot-fate.ts";
import { type Act, type Outcome, runVerb } from "../verb.ts";
import {
  type Override,
  type Refusal,
  type Subject,
  budgetCases,
  countedCte,
  counts,
  freed,
  frozenCase,
  noticeCase,
  overlapCase,
  spentCte,
  subjectCtes,
  takenBy,
  versionAndStateCases,
} from "./subject.ts";
import { tellCte } from "./tell.ts";

export interface RescheduleInput extends Subject {
  holdId: string;
  /** Staff may say whose appointment it must be. */
  patientId: string | null;
  /** Staff only: sets aside the freeze, the budget, a closed slot and another appointment at the same time. */
  override: Override | null;
}

/**
 * Moves an appointment into a slot that its patient holds: the new slot is taken and the old one freed in one statement,
 * or nothing happened and the hold survives. The appointment keeps its id. What the clinic had moved or must place is
 * moved free of the change budget.
 */
export function reschedule(db: Database, act: Act, input: RescheduleInput): Promise<Outcome<AppointmentRow, Refusal>> {
  const forced = input.override !== null;
  const staff = act.caller.role === "staff";
  const counted = counts({ free: forced });
  return runVerb<AppointmentRow, Refusal>(db, act, {
    audit: { action: "appointment.reschedule", entity: "appointment", reason: input.override?.reason ?? null },
    tell: tellCte(sql`m.id, m.patient_id, m.starts_at`, sql`moved m`),
    refusal: sql`(select refusal from verdict)`,
    fate: slotFate(act.caller, null, { holdId: input.holdId }),
    steps: sql`${subjectCtes(act.caller, input, {
      others: sql`s.hold_id = ${input.holdId}::uuid`,
      patientId: input.patientId,
    })},
      ${spentCte},
      target as materialized (
        select n.* from places n, patient t
        where n.hold_id = ${input.holdId}::uuid and n.held_by = t.id and n.hold_expires_at > ${NOW}
          and n.starts_at > ${NOW} and n.appointment_id is null ${forced ? sql`` : sql`and n.status = 'open'`}),
      rival as materialized (
        select o.id from appointments o, target n
        where o.patient_id = (select id from patient) and o.id <> (select id from subject) and o.slot_id is not null
          and not o.overlap_allowed and tstzrange(o.starts_at, o.ends_at) && tstzrange(n.starts_at, n.ends_at) limit 1),
      verdict as materialized (
        select case ${versionAndStateCases(input, "reschedule")} ${forced ? sql`` : sql`${frozenCase} ${budgetCases}`}
          when not exists (select from target) then jsonb_build_object('code', 'hold-expired')
          ${staff ? sql`` : noticeCase(sql`(select starts_at from target)`)}
          ${forced ? sql`` : overlapCase} end as refusal
        from subject a),
      moved as (
        update appointments a set slot_id = n.id, doctor_id = n.doctor_id, location_id = n.location_id,
          starts_at = n.starts_at, ends_at = n.ends_at, status = 'booked',
          changes_used = a.changes_used + (${counted})::int, overlap_allowed = exists (select from rival),
          changed_by = (select actor_id from go), updated_at = ${NOW}, version = a.version + 1
        from target n, verdict v where a.id = (select id from subject) and v.refusal is null
        returning a.*),
      taken as (
        update slots s set ${takenBy(sql`m.id`)} from moved m where s.id = m.slot_id),
      freed as (
        update slots s set ${freed} from moved m, subject a where s.id = a.slot_id),
      ${countedCte(sql`select from moved, subject a where ${counted}`)},
      change as materialized (
        select m.id as entity_id, m.patient_id as subject_id, ${appointmentAudit(sql`a`)} as before,
          ${appointmentAudit(sql`m`)} as after, ${appointmentJson(sql`m`)} as result, true as changed
        from moved m, subject a)`,
  });
}
