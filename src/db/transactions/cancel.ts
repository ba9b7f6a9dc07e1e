import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { NOW } from "../fragments.ts";
import { type AppointmentRow, appointmentAudit, appointmentJson } from "../queries/appointments.ts";
import { type Act, type Outcome, runVerb } from "../verb.ts";
import {
  type CaseSubject,
  type Override,
  type Refusal,
  type Subject,
  countedCte,
  counts,
  freed,
  frozenCase,
  spentCte,
  subjectCtes,
  versionAndStateCases,
} from "./subject.ts";
import { tellCte } from "./tell.ts";

export type CancelInput = (Subject | CaseSubject) & Cancellation;

interface Cancellation {
  reason: { by: "patient" | "doctor" | "clinic"; code: string; note: string | null };
  /** Staff may say whose appointment it must be. */
  patientId: string | null;
  /** Staff only: sets the freeze aside. */
  override: Override | null;
}

/**
 * Cancels an appointment, named by itself or by its placement case, and frees its slot. The freeze binds patients and staff who cancel in their name; what the
 * doctor or the clinic calls off is bound by nothing and counts against nobody. A patient's cancellation counts in
 * their window but is never refused for it: a slot given back is better than a patient who does not come.
 */
export function cancel(db: Database, act: Act, input: CancelInput): Promise<Outcome<AppointmentRow, Refusal>> {
  const byClinic = input.reason.by !== "patient";
  const forced = input.override !== null;
  return runVerb<AppointmentRow, Refusal>(db, act, {
    audit: { action: "appointment.cancel", entity: "appointment", reason: input.override?.reason ?? null },
    tell: tellCte(sql`e.id, e.patient_id, e.starts_at`, sql`ended e`),
    refusal: sql`(select refusal from verdict)`,
    steps: sql`${subjectCtes(act.caller, input, { byClinic, patientId: input.patientId })},
      ${spentCte},
      verdict as materialized (
        select case ${versionAndStateCases(input, "cancel")} ${byClinic || forced ? sql`` : frozenCase} end as refusal
        from subject a),
      ended as (
        update appointments a set status = 'cancelled', slot_id = null, cancelled_by = ${input.reason.by},
          cancel_code = ${input.reason.code}, cancel_note = ${input.reason.note},
          changed_by = (select actor_id from go), updated_at = ${NOW}, version = a.version + 1
        from verdict v where a.id = (select id from subject) and v.refusal is null
        returning a.*),
      freed as (
        update slots s set ${freed} from ended e, subject a where s.id = a.slot_id),
      ${countedCte(sql`select from ended, subject a where ${counts({ free: byClinic || forced })}`)},
      change as materialized (
        select e.id as entity_id, e.patient_id as subject_id, ${appointmentAudit(sql`a`)} as before,
          ${appointmentAudit(sql`e`)} as after, ${appointmentJson(sql`e`)} as result, true as changed
        from ended e, subject a)`,
  });
}
