import { type SQL, sql } from "drizzle-orm";
import { type Change, MAY_START_FROM } from "#domain/lifecycle.ts";
import type { CallerRef } from "../call.ts";
import { NOW, ms } from "../fragments.ts";
import { isVisible } from "../queries/appointments.ts";
import { casesFor } from "../queries/candidates.ts";
import { isOutdated } from "./record.ts";

/** The appointment a verb changes, in the version its caller has read. */
export interface Subject {
  appointmentId: string;
  /** The versions (ETags) that the caller accepts, usually one. */
  versions: number[];
}

/** The placement case a verb ends or changes, in the version its caller has read, and so its appointment. */
export interface CaseSubject {
  caseId: string;
  versions: number[];
}

/** Staff set a rule aside, and say why; the reason goes to the audit trail. */
export interface Override {
  reason: string;
}

/**
 * `patient`, `places`, `subject` and `moment`: whose appointment it is, the slots involved, the appointment itself, each
 * locked in that order (slots by id) and the clock read last. Every verb takes its locks in this order and those that
 * do not, skip what is locked: so no two can wait for each other.
 *
 * What was read before a lock (which slot it is in) may be old once the lock is had. The version says so: it rises
 * with every change, and a verb judges the locked row's. `others` is a condition on slots `s` that are locked as well.
 *
 * Where `recipientId` names another patient whom it concerns, both are locked, by id: `both_patients`.
 *
 * Of a case, or where `placement` is asked for, `placement` is the appointment's case (the open one), locked last.
 *
 * Nobody acts for a patient who is inactive or merged into another; the clinic itself (`byClinic`) may still cancel
 * or mark the appointments of one who has become inactive.
 */
export function subjectCtes(
  caller: CallerRef,
  subject: Subject | CaseSubject,
  options: {
    others?: SQL;
    byClinic?: boolean;
    patientId?: string | null;
    placement?: boolean;
    recipientId?: string;
  } = {},
): SQL {
  const ofCase = "caseId" in subject ? sql`k.id = ${subject.caseId}::uuid` : null;
  const which =
    "caseId" in subject
      ? sql`a.id = (select k.appointment_id from cases k where ${ofCase})`
      : sql`a.id = ${subject.appointmentId}::uuid`;
  const placement =
    ofCase ?? (options.placement ? sql`k.appointment_id = (select id from subject) and k.status = 'open'` : null);
  const active = options.byClinic ? sql`t.merged_into is null` : sql`t.active and t.merged_into is null`;
  const named = options.patientId ? sql`and a.patient_id = ${options.patientId}::uuid` : sql``;
  return sql`seen as materialized (
      select a.id, a.patient_id, a.slot_id from appointments a
      where exists (select from go) and ${which} ${named}
        and ${isVisible(sql`a`, caller.role, sql`(select actor_id from go)`)}),
    ${
      options.recipientId
        ? sql`both_patients as materialized (
            select t.* from patients t where t.id in ((select patient_id from seen), ${options.recipientId}::uuid)
            order by t.id for no key update),
          patient as materialized (
            select t.* from both_patients t where t.id = (select patient_id from seen) and ${active}),`
        : sql`patient as materialized (
            select t.* from patients t where t.id = (select patient_id from seen) and ${active} for no key update),`
    }
    places as materialized (
      select s.* from slots s
      where exists (select from patient) and (s.id = (select slot_id from seen) or ${options.others ?? sql`false`})
      order by s.id for update),
    subject as materialized (
      select a.* from appointments a
      where (select count(*) from places) >= 0 and a.id = (select id from seen)
        and a.patient_id = (select id from patient)
      for no key update),
    ${
      placement
        ? sql`placement as materialized (
            select k.* from cases k where (select count(*) from subject) > 0 and ${placement} for no key update),`
        : sql``
    }
    moment as materialized (
      select clock_timestamp() as now from (select count(*) from ${placement ? sql`placement` : sql`subject`}) waited)`;
}

/** The zone of an appointment's location, for the instants of a refusal. */
const zone = sql`(select l.time_zone from locations l where l.id = a.location_id)`;

const phone = sql`(select phone from clinic)`;

/** Somebody else has claimed the placement case; to stand before all other cases, for it says more. */
export const claimedCase = sql`
  when exists (
    select from placement k where k.claimed_by <> (select actor_id from go) and k.claim_expires_at > ${NOW}) then (
      select jsonb_build_object('code', 'case-claimed', 'zone', ${zone}, 'until', ${ms(sql`k.claim_expires_at`)},
        'claimedBy', (select p.name from people p where p.id = k.claimed_by))
      from placement k)`;

/** Cases of the verdict on appointment `a` that come first for every change: somebody was faster, or it is too late for it. */
export function versionAndStateCases(subject: Subject | CaseSubject, change: Change): SQL {
  const states = sql.join(
    MAY_START_FROM[change].map((state) => sql`${state}`),
    sql`, `,
  );
  const notInState = sql`when a.status not in (${states}) then ${wrongState(sql`a.status`)}`;
  if ("caseId" in subject) {
    const k = (column: SQL) => sql`(select k.${column} from placement k)`;
    return sql`${claimedCase} ${versionCase(subject.versions, k)}
      when ${k(sql`status`)} <> 'open' then ${wrongState(k(sql`status`))} ${notInState}`;
  }
  return sql`${versionCase(subject.versions, (column) => sql`a.${column}`)} ${notInState}`;
}

/** The row, of an appointment or a case, is no longer what its caller has read. */
function versionCase(versions: number[], row: (column: SQL) => SQL): SQL {
  return sql`when ${isOutdated(row(sql`version`), versions)} then jsonb_build_object(
    'code', 'version-conflict',
    'changedBy', (select p.name from people p where p.id = ${row(sql`changed_by`)}),
    'own', ${row(sql`changed_by`)} is not distinct from (select actor_id from go),
    'changedAt', ${ms(row(sql`updated_at`))}, 'zone', ${zone})`;
}

export function wrongState(current: SQL): SQL {
  return sql`jsonb_build_object('code', 'wrong-state', 'current', ${current}, 'possibleFrom', null, 'zone', ${zone})`;
}

/** The refusal of attendance before its time. */
export function tooEarlyCase(possibleFrom: SQL): SQL {
  return sql`when ${possibleFrom} > ${NOW} then jsonb_build_object(
    'code', 'wrong-state', 'current', a.status, 'possibleFrom', ${ms(possibleFrom)}, 'zone', ${zone})`;
}

/**
 * Inside the freeze patients change nothing, nor staff in their name. It begins at start minus `freezeHours` exactly,
 * by the database's clock. An appointment without a slot has no start any more.
 */
export const frozenCase = sql`
  when a.slot_id is not null and ${isFrozen(sql`a.starts_at`)} then
    jsonb_build_object('code', 'frozen', 'what', 'appointment', 'phone', ${phone})`;

/** The patient has another appointment then: `rival`, a CTE of the verb's. */
export const overlapCase = sql`
  when exists (select from rival) then jsonb_build_object(
    'code', 'overlaps-own-appointment', 'appointmentId', (select id from rival))`;

/** A slot that patients must not move into: its start is within the minimum notice. */
export function noticeCase(startsAt: SQL): SQL {
  return sql`when ${startsAt} <= ${NOW} + make_interval(mins => (select min_notice_minutes from policy)) then
    jsonb_build_object('code', 'frozen', 'what', 'slot', 'phone', ${phone})`;
}

export function isFrozen(startsAt: SQL): SQL {
  return sql`${startsAt} - make_interval(hours => (select freeze_hours from policy)) <= ${NOW}`;
}

/** A change of what the clinic has moved or must place is free: it was not the patient who wanted it. */
const isClinicsDoing = sql`a.status in ('moved', 'to-place')`;

const changeWindow = sql`make_interval(days => (select change_window_days from policy))`;

/** When the patient changed anything within the budget's window, oldest first, and with this the latest. */
const changesInWindow = sql`array(select x from unnest(t.change_times) x where x > ${NOW} - ${changeWindow} order by x)`;

/** The budget of moves: so many for one appointment, and so many changes of all within a window. */
export const budgetCases = sql`
  when not ${isClinicsDoing} and a.changes_used >= (select change_budget from policy) then jsonb_build_object(
    'code', 'change-budget-spent', 'per', 'appointment', 'resetsAt', null, 'phone', ${phone}, 'zone', ${zone})
  when not ${isClinicsDoing} and cardinality((select times from spent)) >= (select patient_change_budget from policy) then
    jsonb_build_object('code', 'change-budget-spent', 'per', 'patient', 'phone', ${phone}, 'zone', ${zone},
      'resetsAt', (select ${ms(sql`s.times[cardinality(s.times) - p.patient_change_budget + 1] + ${changeWindow}`)}
        from spent s, policy p where p.patient_change_budget > 0))`;

/**
 * `spent(times)`: the patient's changes within the window. To stand before a verdict that uses `budgetCases`, and
 * `countedCte` after it.
 */
export const spentCte = sql`spent as materialized (select ${changesInWindow} as times from patient t)`;

/** Whether a change counts against the patient: not if the clinic moved it, or staff set the budget aside. */
export function counts(options: { free: boolean }): SQL {
  return options.free ? sql`false` : sql`not ${isClinicsDoing}`;
}

/** `counted`: remembers on the locked patient that a change was made; `when` says whether it counts. */
export function countedCte(when: SQL): SQL {
  return sql`counted as (
    update patients t set change_times = (select times from spent) || ${NOW}
    where t.id = (select id from patient) and exists (${when}))`;
}

/**
 * Columns of slot `s` that becomes free: inside the freeze it is a late opening, which staff fill unless the policy offers
 * it to patients; and one that fits an open placement case is kept for that for a while, inside the freeze or not.
 */
export const freed = sql`appointment_id = null, version = s.version + 1,
  late_opening = s.starts_at > ${NOW} and ${isFrozen(sql`s.starts_at`)},
  offered_until = (
    select ${NOW} + make_interval(mins => p.offer_minutes) from policy p
    where p.offer_minutes > 0 and s.starts_at > ${NOW} and exists (${casesFor(sql`s`)}))`;

/** Columns of a slot that appointment `id` takes. */
export function takenBy(id: SQL): SQL {
  return sql`appointment_id = ${id}, hold_id = null, held_by = null, hold_expires_at = null, hold_extensions = 0,
    late_opening = false, offered_until = null, version = s.version + 1`;
}
