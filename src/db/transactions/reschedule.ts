import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { NOW } from "../fragments.ts";
import type { AppointmentRow } from "../queries/appointments.ts";
import { slotFate } from "../queries/slot-fate.ts";
import type { Act, Outcome } from "../call.ts";
import { runVerb } from "../verb.ts";
import { moveCtes, rivalCte } from "./alter.ts";
import type { Refusal } from "../refusal.ts";
import {
  type Override,
  type Subject,
  budgetCases,
  countedCte,
  counts,
  frozenCase,
  noticeCase,
  overlapCase,
  spentCte,
  subjectCtes,
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
    tell: tellCte(sql`m.id, m.patient_id, m.starts_at`, sql`altered m`),
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
      ${rivalCte},
      verdict as materialized (
        select case ${versionAndStateCases(input, "reschedule")} ${forced ? sql`` : sql`${frozenCase} ${budgetCases}`}
          when not exists (select from target) then jsonb_build_object('code', 'hold-expired')
          ${staff ? sql`` : noticeCase(sql`(select starts_at from target)`)}
          ${forced ? sql`` : overlapCase} end as refusal
        from subject a),
      ${moveCtes(sql`status = 'booked', changes_used = a.changes_used + (${counted})::int`)},
      ${countedCte(sql`select from altered, subject a where ${counted}`)}`,
  });
}
