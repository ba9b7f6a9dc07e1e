import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { NOW, isFree } from "../fragments.ts";
import type { AppointmentRow } from "../queries/appointments.ts";
import { slotFate } from "../queries/slot-fate.ts";
import type { Act, Outcome } from "../call.ts";
import { runVerb } from "../verb.ts";
import { moveCtes, rivalCte } from "./alter.ts";
import type { Refusal } from "../refusal.ts";
import {
  type CaseSubject,
  type Override,
  type Subject,
  claimedCase,
  frozenCase,
  lastAgreed,
  overlapCase,
  subjectCtes,
  versionAndStateCases,
  wrongState,
} from "./subject.ts";
import { tellCte } from "./tell.ts";

/** The slot `n` that was asked for does not suit appointment `a`. */
const unsuitableCases = sql`
  when n.ends_at - n.starts_at < a.ends_at - a.starts_at then ${unsuitable("too-short")}
  when n.specialty <> (select d.specialty from doctors d where d.id = a.doctor_id) then ${unsuitable("other-specialty")}
  when n.location_id <> a.location_id and (select t.keeps_location from patient t) then ${unsuitable("other-location")}`;

function unsuitable(because: string): SQL {
  return sql`jsonb_build_object('code', 'slot-unsuitable', 'because', ${because}::text)`;
}

export interface PlaceInput {
  slotId: string;
  /** The patient has said yes, on the phone or at the desk; otherwise they are asked as after any move by the clinic. */
  agreed: boolean;
  /** Sets aside the freeze of the present time, a closed slot, one that does not suit, and an overlap. */
  override: Override | null;
  /** Only if the slot is a late opening. */
  lateOpening?: boolean;
}

/**
 * Staff put an appointment straight into a free slot, without a hold: one that waits to be placed, by its case or by
 * itself, or one that moves from another slot, which is freed. All in one statement, or nothing happened. What somebody
 * else has claimed is left to them. It is the clinic's move: no budget counts it. Whose record is switched off gets no
 * new time: the appointment is cancelled instead, or the record switched on again.
 */
export function place(
  db: Database,
  act: Act,
  subject: Subject | CaseSubject,
  input: PlaceInput,
): Promise<Outcome<AppointmentRow, Refusal>> {
  const forced = input.override !== null;
  const free = isFree(sql`n`, { now: NOW, holder: sql`(select id from patient)`, staff: true, closedToo: forced });
  // A free slot that is no late opening is not what was asked for; one that is taken was perhaps.
  const wanted = input.lateOpening ? sql`where n.late_opening or not n.free` : sql``;
  // The slot is what the caller has named beside the case, or the very thing that is asked for.
  const missing = input.lateOpening
    ? sql`jsonb_build_object('code', 'not-found')`
    : sql`jsonb_build_object('code', 'invalid-request', 'pointer', '/slotId', 'detail', 'There is no such slot')`;
  const answer = input.agreed
    ? sql`status = 'booked', moved_at = null, moved_from = null`
    : sql`status = 'moved', moved_at = ${NOW}, moved_from = ${lastAgreed}`;
  return runVerb<AppointmentRow, Refusal>(db, act, {
    audit: { action: "appointment.place", entity: "appointment", reason: input.override?.reason ?? null },
    tell: tellCte(sql`m.id, m.patient_id, m.starts_at`, sql`altered m`),
    refusal: sql`(select refusal from verdict)`,
    fate: slotFate(act.caller, null, { slotId: input.slotId }),
    steps: sql`${subjectCtes(act.caller, subject, { others: sql`s.id = ${input.slotId}::uuid`, placement: true, byClinic: true })},
      asked as materialized (
        select n.*, ${free} as free, d.specialty from places n join doctors d on d.id = n.doctor_id
        where n.id = ${input.slotId}::uuid),
      target as materialized (select n.* from asked n where n.free),
      ${rivalCte},
      verdict as materialized (
        select case ${"caseId" in subject ? sql`` : claimedCase} ${versionAndStateCases(subject, "place")}
          when not (select t.active from patient t) then ${wrongState(sql`'patient-inactive'`)}
          ${forced ? sql`` : frozenCase}
          when not exists (select from asked n ${wanted}) then ${missing}
          when not exists (select from target) then jsonb_build_object('code', 'slot-taken')
          ${forced ? sql`` : sql`${unsuitableCases} ${overlapCase}`} end as refusal
        from subject a left join target n on true),
      ${moveCtes(answer)}`,
  });
}
