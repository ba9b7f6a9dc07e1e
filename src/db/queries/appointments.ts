import { type SQL, sql } from "drizzle-orm";
import type { AppointmentState } from "#domain/lifecycle.ts";
import type { Database } from "../client.ts";
import type { CallerRef } from "../call.ts";
import { type SlotRow, actorCte, ctes, ms } from "../fragments.ts";
import { listedCtes, notedCte } from "../reads.ts";
import { alternatives } from "./alternatives.ts";

/** What the clinic did to an appointment that waits for its patient's answer. */
export interface MoveRow {
  from: { doctorId: string; locationId: string; startsAt: number; endsAt: number; zone: string };
  movedAt: number;
  /** By then the patient is asked to answer; afterwards the move stands `unconfirmed`. */
  answerBy: number;
  unconfirmed: boolean;
}

/** An appointment as the database tells it: instants in epoch milliseconds, `zone` its location's IANA zone. */
export interface AppointmentRow {
  id: string;
  status: AppointmentState;
  patientId: string;
  patientName: string;
  doctorId: string;
  locationId: string;
  slotId: string | null;
  startsAt: number;
  endsAt: number;
  zone: string;
  reason: string | null;
  /** Why it was cancelled, where that was said; the note is for whoever wrote it and the clinic. */
  cancellation: { by: "patient" | "doctor" | "clinic"; code: string; note: string | null } | null;
  /** Null unless it is `moved`. */
  move: MoveRow | null;
  freezeHours: number;
  changesLeft: number;
  version: number;
}

/** By when the patient of moved appointment `a` is asked to answer: never after its start. */
export const answerBy = (a: SQL): SQL =>
  sql`least(${a}.moved_at + make_interval(hours => (select answer_hours from policy)), ${a}.starts_at)`;

/** The clinic moved `a`, and its patient has let the time for an answer pass. */
const isUnconfirmed = (a: SQL): SQL => sql`(${a}.status = 'moved' and ${answerBy(a)} <= clock_timestamp())`;

/** What the clinic did to `a`, for `MoveRow`; null unless it waits for an answer. */
const moveJson = (a: SQL): SQL => sql`case when ${a}.moved_at is not null then jsonb_build_object(
  'from', ${a}.moved_from || jsonb_build_object('zone', (
    select l.time_zone from locations l where l.id = (${a}.moved_from ->> 'locationId')::uuid)),
  'movedAt', ${ms(sql`${a}.moved_at`)}, 'answerBy', ${ms(answerBy(a))}, 'unconfirmed', ${isUnconfirmed(a)}) end`;

/** An appointment `a` as jsonb, for `AppointmentRow`. */
export function appointmentJson(a: SQL): SQL {
  return sql`jsonb_build_object('id', ${a}.id, 'status', ${a}.status, 'patientId', ${a}.patient_id,
    'patientName', (select t.name from patients t where t.id = ${a}.patient_id),
    'doctorId', ${a}.doctor_id, 'locationId', ${a}.location_id, 'slotId', ${a}.slot_id,
    'startsAt', ${ms(sql`${a}.starts_at`)}, 'endsAt', ${ms(sql`${a}.ends_at`)},
    'zone', (select l.time_zone from locations l where l.id = ${a}.location_id),
    'reason', ${a}.reason, 'cancellation', case when ${a}.cancelled_by is not null then jsonb_build_object(
      'by', ${a}.cancelled_by, 'code', ${a}.cancel_code, 'note', ${a}.cancel_note) end,
    'version', ${a}.version, 'move', ${moveJson(a)},
    'freezeHours', (select freeze_hours from policy),
    'changesLeft', greatest(0, (select change_budget from policy) - ${a}.changes_used))`;
}

/** What the audit trail keeps of an appointment: everything but what people wrote in their own words. */
export function appointmentAudit(a: SQL): SQL {
  return sql`jsonb_build_object('status', ${a}.status, 'patientId', ${a}.patient_id, 'doctorId', ${a}.doctor_id,
    'locationId', ${a}.location_id, 'slotId', ${a}.slot_id, 'startsAt', ${a}.starts_at, 'endsAt', ${a}.ends_at,
    'changesUsed', ${a}.changes_used, 'overlapAllowed', ${a}.overlap_allowed, 'cancelledBy', ${a}.cancelled_by,
    'cancelCode', ${a}.cancel_code, 'version', ${a}.version)`;
}

/** Whose appointments the caller (a person's id) may see and touch: their own, those in their own slots, or all. */
export function isVisible(a: SQL, role: CallerRef["role"], actorId: SQL = sql`(select id from actor)`): SQL {
  if (role === "staff") return sql`true`;
  const table = role === "patient" ? sql`patients` : sql`doctors`;
  const column = role === "patient" ? sql`patient_id` : sql`doctor_id`;
  return sql`${a}.${column} = (select x.id from ${table} x where x.person_id = ${actorId})`;
}

export interface AppointmentsFilter {
  when?: "upcoming" | "past" | undefined;
  doctorId?: string | undefined;
  patientId?: string | undefined;
  /** Only those that the clinic moved and whose patients have let the time for an answer pass. */
  unconfirmed?: boolean | undefined;
  from?: string | undefined;
  to?: string | undefined;
  after?: { startsAt: number; id: string } | undefined;
  limit: number;
}

/**
 * A page of the caller's appointments, one more than `limit` to show that there is more. Upcoming ones ascend, past ones
 * descend; "past" begins at the appointment's end, so the one that is under way is still upcoming. Null: no such caller.
 * Whose appointments doctors and staff were shown is noted: one patient's every time, a mixed list once in a while.
 */
export async function listAppointments(db: Database, caller: CallerRef, filter: AppointmentsFilter, requestId: string) {
  const descending = filter.when === "past";
  const where = [isVisible(sql`a`, caller.role)];
  if (filter.when) where.push(descending ? sql`a.ends_at <= now()` : sql`a.ends_at > now()`);
  if (filter.doctorId) where.push(sql`a.doctor_id = ${filter.doctorId}::uuid`);
  if (filter.patientId) where.push(sql`a.patient_id = ${filter.patientId}::uuid`);
  if (filter.unconfirmed) where.push(isUnconfirmed(sql`a`));
  const localDate = sql`(a.starts_at at time zone (select l.time_zone from locations l where l.id = a.location_id))::date`;
  if (filter.from) {
    where.push(sql`a.starts_at >= ${filter.from}::date - interval '1 day' and ${localDate} >= ${filter.from}::date`);
  }
  if (filter.to) {
    where.push(sql`a.starts_at < ${filter.to}::date + interval '2 days' and ${localDate} <= ${filter.to}::date`);
  }
  if (filter.after) {
    const position = sql`(to_timestamp(${filter.after.startsAt}::float8 / 1000), ${filter.after.id}::uuid)`;
    where.push(descending ? sql`(a.starts_at, a.id) < ${position}` : sql`(a.starts_at, a.id) > ${position}`);
  }
  const order = descending ? sql`a.starts_at desc, a.id desc` : sql`a.starts_at, a.id`;
  const [row] = await db.rows<{ known: boolean; items: AppointmentRow[] }>(sql`${ctes([
    actorCte(caller),
    sql`page as (
      select a.* from appointments a
      where exists (select from actor) and ${sql.join(where, sql` and `)}
      order by ${order} limit ${filter.limit + 1})`,
    ...(caller.role === "patient" ? [] : shown(filter.patientId, requestId)),
  ])} select exists (select from actor) as known,
    coalesce((select jsonb_agg(${appointmentJson(sql`a`)} order by ${order}) from page a), '[]') as items`);
  return row?.known ? row.items : null;
}

/** The CTEs that note whose appointments of `page` somebody of the clinic was shown. */
function shown(patientId: string | undefined, requestId: string): SQL[] {
  const action = "appointment.list";
  if (patientId) {
    const entries = sql`select t.id, t.id, null::jsonb from patients t where t.id = ${patientId}::uuid`;
    return [notedCte({ action, entity: "patient", entries, requestId })];
  }
  const patients = sql`select jsonb_agg(distinct a.patient_id order by a.patient_id) from page a`;
  return listedCtes({ action, patients, requestId });
}

/** `actor` and `found`: one appointment the caller may see. That doctors and staff have read it is noted. */
export function foundCtes(caller: CallerRef, id: string, requestId: string): SQL[] {
  return [
    actorCte(caller),
    sql`found as materialized (
      select a.* from appointments a
      where a.id = ${id}::uuid and exists (select from actor) and ${isVisible(sql`a`, caller.role)})`,
    notedCte({
      action: "appointment.read",
      entity: "appointment",
      entries: sql`select f.id, f.patient_id, null::jsonb from found f`,
      requestId,
    }),
  ];
}

/**
 * One appointment the caller may see, and for one that the clinic moved what the patient could have instead. `known`
 * false: no such caller; `item` null: not there, or not theirs. That doctors and staff have read it is noted.
 */
export async function findAppointment(db: Database, caller: CallerRef, id: string, requestId: string) {
  const [row] = await db.rows<{ known: boolean; item: AppointmentRow | null; alternatives: SlotRow[] | null }>(
    sql`${ctes(foundCtes(caller, id, requestId))}
    select exists (select from actor) as known, (select ${appointmentJson(sql`f`)} from found f) as item,
      (select ${alternatives(sql`f`, sql`clock_timestamp()`)} from found f where f.status = 'moved') as alternatives`,
  );
  return { known: row?.known ?? false, item: row?.item ?? null, alternatives: row?.alternatives ?? null };
}
