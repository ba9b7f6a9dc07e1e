import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import type { AppointmentRow } from "../queries/appointments.ts";
import type { Act, Outcome } from "../call.ts";
import { runVerb } from "../verb.ts";
import { alterCtes } from "./alter.ts";
import type { Refusal } from "../refusal.ts";
import {
  type CaseSubject,
  type Override,
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
 * Cancels an appointment, named by itself or by its placement case, and frees its slot. The freeze binds patients and
 * staff who cancel in their name; what the doctor or the clinic calls off is bound by nothing and counts against nobody.
 * A patient's cancellation counts in their window but is never refused for it: a slot given back is better than a patient
 * who does not come.
 */
export function cancel(db: Database, act: Act, input: CancelInput): Promise<Outcome<AppointmentRow, Refusal>> {
  const byClinic = input.reason.by !== "patient";
  const forced = input.override !== null;
  return runVerb<AppointmentRow, Refusal>(db, act, {
    audit: { action: "appointment.cancel", entity: "appointment", reason: input.override?.reason ?? null },
    tell: tellCte(sql`m.id, m.patient_id, m.starts_at`, sql`altered m`),
    refusal: sql`(select refusal from verdict)`,
    steps: sql`${subjectCtes(act.caller, input, {
      // A case can always be ended, also that of a patient who is switched off.
      byClinic: byClinic || "caseId" in input,
      patientId: input.patientId,
    })},
      ${spentCte},
      verdict as materialized (
        select case ${versionAndStateCases(input, "cancel")} ${byClinic || forced ? sql`` : frozenCase} end as refusal
        from subject a),
      ${alterCtes(sql`status = 'cancelled', slot_id = null, cancelled_by = ${input.reason.by},
        cancel_code = ${input.reason.code}, cancel_note = ${input.reason.note}`)},
      freed as (
        update slots s set ${freed} from altered m, subject a where s.id = a.slot_id),
      ${countedCte(sql`select from altered, subject a where ${counts({ free: byClinic || forced })}`)}`,
  });
}
