import type { MOVE_CAUSES } from "#domain/closed-lists.ts";
import type { Database } from "../client.ts";
import { type CallerRef, read } from "../call.ts";
import type { Columns, PlaceRow, SlotRow } from "../rows.ts";
import type { appointments } from "../schema/appointments.ts";

/** The clinic's change of an appointment that waits for its patient's answer. */
export interface MoveRow {
  from: PlaceRow;
  movedAt: number;
  because: (typeof MOVE_CAUSES)[number];
  /** By then the patient is asked to answer; afterwards the move stands `unconfirmed`. */
  answerBy: number;
  unconfirmed: boolean;
}

type Cancelled = typeof appointments.$inferSelect;

/** An appointment as the database returns it: instants in epoch milliseconds, `zone` its location's IANA zone. */
export interface AppointmentRow extends Columns<
  typeof appointments,
  "id" | "status" | "patientId" | "doctorId" | "locationId" | "slotId" | "startsAt" | "endsAt" | "reason" | "version"
> {
  patientName: string;
  zone: string;
  /** Why it was cancelled, where that was said; only its author and the clinic see the note. */
  cancellation: { by: NonNullable<Cancelled["cancelledBy"]>; code: string; note: Cancelled["cancelNote"] } | null;
  /** Null unless it is `moved`. */
  move: MoveRow | null;
  freezeHours: number;
  changesLeft: number;
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
