import { type SQL, sql } from "drizzle-orm";
import type { AppointmentState } from "#domain/lifecycle.ts";
import type { Database } from "../client.ts";
import { type CallerRef, read } from "../call.ts";
import type { SlotRow } from "../rows.ts";

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
  /** Why it was cancelled, where that was said; only its author and the clinic see the note. */
  cancellation: { by: "patient" | "doctor" | "clinic"; code: string; note: string | null } | null;
  /** Null unless it is `moved`. */
  move: MoveRow | null;
  freezeHours: number;
  changesLeft: number;
  version: number;
}

/** What the audit trail keeps of an appointment: everything but what people wrote in their own words. */
export function appointmentAudit(a: SQL): SQL {
  return sql`jsonb_build_object('status', ${a}.status, 'patientId', ${a}.patient_id, 'doctorId', ${a}.doctor_id,
    'locationId', ${a}.location_id, 'slotId', ${a}.slot_id, 'startsAt', ${a}.starts_at, 'endsAt', ${a}.ends_at,
    'changesUsed', ${a}.changes_used, 'overlapAllowed', ${a}.overlap_allowed, 'cancelledBy', ${a}.cancelled_by,
    'cancelCode', ${a}.cancel_code, 'version', ${a}.version)`;
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
    page_size: filter.limit,
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
