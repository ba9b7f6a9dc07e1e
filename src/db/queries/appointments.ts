import { type SQL, sql } from "drizzle-orm";
import type { AppointmentState } from "#domain/lifecycle.ts";
import type { Database } from "../client.ts";
import { type CallerRef, read } from "../call.ts";
import { type SlotRow, ms } from "../fragments.ts";

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
 * A page of the caller's appointments, one more than `limit` to show that there is more: list_appointments.sql. Upcoming
 * ones ascend, past ones descend. Null: no such caller.
 */
export async function listAppointments(
  db: Database,
  caller: CallerRef,
  filter: AppointmentsFilter,
  requestId: string,
): Promise<AppointmentRow[] | null> {
  const args = {
    span: filter.when ?? null,
    doctor: filter.doctorId ?? null,
    patient: filter.patientId ?? null,
    only_unconfirmed: filter.unconfirmed ?? false,
    from_date: filter.from ?? null,
    to_date: filter.to ?? null,
    after: filter.after ?? null,
    max_count: filter.limit + 1,
  };
  return (await read<AppointmentRow[]>(db, caller, "list_appointments", args, requestId)).item;
}

/** An appointment and, if the clinic moved it, the times that its patient can have instead. */
interface FoundAppointment {
  appointment: AppointmentRow;
  alternatives: SlotRow[] | null;
}

/**
 * One appointment the caller may see: find_appointment.sql. `known` false: no such caller; `item` null: not there, or not
 * theirs.
 */
export async function findAppointment(db: Database, caller: CallerRef, id: string, requestId: string) {
  const { known, item } = await read<FoundAppointment>(db, caller, "find_appointment", { appointment: id }, requestId);
  return { known, item: item?.appointment ?? null, alternatives: item?.alternatives ?? null };
}
