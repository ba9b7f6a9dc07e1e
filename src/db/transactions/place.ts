import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { NOW, isFree, ms } from "../fragments.ts";
import { type AppointmentRow, appointmentAudit, appointmentJson } from "../queries/appointments.ts";
import { slotFate } from "../queries/slot-fate.ts";
import { type Act, type Outcome, runVerb } from "../verb.ts";
import {
  type CaseSubject,
  type Override,
  type Refusal,
  type Subject,
  claimedCase,
  freed,
  frozenCase,
  overlapCase,
  subjectCtes,
  takenBy,
  versionAndStateCases,
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

/** The last place that the patient agreed to: what a move before this one kept, or where it is or was. */
const lastAgreed = sql`coalesce(a.moved_from, jsonb_build_object('doctorId', a.doctor_id, 'locationId', a.location_id,
  'startsAt', ${ms(sql`a.starts_at`)}, 'endsAt', ${ms(sql`a.ends_at`)}))`;

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
 * else has claimed is left to them. It is the clinic's move: no budget counts it.
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
  return runVerb<AppointmentRow, Refusal>(db, act, {
    audit: { action: "appointment.place", entity: "appointment", reason: input.override?.reason ?? null },
    tell: tellCte(sql`m.id, m.patient_id, m.starts_at`, sql`placed m`),
    refusal: sql`(select refusal from verdict)`,
    fate: slotFate(act.caller, null, { slotId: input.slotId }),
    steps: sql`${subjectCtes(act.caller, subject, { others: sql`s.id = ${input.slotId}::uuid`, placement: true })},
      asked as materialized (
        select n.*, ${free} as free, d.specialty from places n join doctors d on d.id = n.doctor_id
        where n.id = ${input.slotId}::uuid),
      target as materialized (select n.* from asked n where n.free),
      rival as materialized (
        select o.id from appointments o, target n
        where o.patient_id = (select id from patient) and o.id <> (select id from subject) and o.slot_id is not null
          and not o.overlap_allowed and tstzrange(o.starts_at, o.ends_at) && tstzrange(n.starts_at, n.ends_at) limit 1),
      verdict as materialized (
        select case ${"caseId" in subject ? sql`` : claimedCase} ${versionAndStateCases(subject, "place")}
          ${forced ? sql`` : frozenCase}
          when not exists (select from asked n ${wanted}) then jsonb_build_object('code', 'not-found')
          when not exists (select from target) then jsonb_build_object('code', 'slot-taken')
          ${forced ? sql`` : sql`${unsuitableCases} ${overlapCase}`} end as refusal
        from subject a left join target n on true),
      placed as (
        update appointments a set slot_id = n.id, doctor_id = n.doctor_id, location_id = n.location_id,
          starts_at = n.starts_at, ends_at = n.ends_at, overlap_allowed = exists (select from rival),
          ${
            input.agreed
              ? sql`status = 'booked', moved_at = null, moved_from = null`
              : sql`status = 'moved', moved_at = ${NOW}, moved_from = ${lastAgreed}`
          },
          changed_by = (select actor_id from go), updated_at = ${NOW}, version = a.version + 1
        from target n, verdict v where a.id = (select id from subject) and v.refusal is null
        returning a.*),
      taken as (
        update slots s set ${takenBy(sql`m.id`)} from placed m where s.id = m.slot_id),
      freed as (
        update slots s set ${freed} from placed m, subject a where s.id = a.slot_id),
      change as materialized (
        select m.id as entity_id, m.patient_id as subject_id, ${appointmentAudit(sql`a`)} as before,
          ${appointmentAudit(sql`m`)} as after, ${appointmentJson(sql`m`)} as result, true as changed
        from placed m, subject a)`,
  });
}
