import type { Attendance } from "#domain/lifecycle.ts";
import { type Act, type CallerRef, type Outcome, call, read } from "../call.ts";
import type { Database } from "../client.ts";
import type { AppointmentRow } from "../queries/appointments.ts";
import type { RefusalOf } from "../refusal.ts";
import type { Override } from "./appointments.ts";
import type { CaseTarget } from "./placement.ts";

/** The appointment that a verb changes, in the version its caller has read. */
export interface Target {
  appointmentId: string;
  /** The versions (ETags) that the caller accepts, usually one. */
  versions: number[];
}

/** The refusals of every verb on an appointment. */
type AnyChange = "not-found" | "version-conflict" | "wrong-state";

export interface RescheduleInput extends Target {
  holdId: string;
  /** Staff may say whose appointment it must be. */
  patientId: string | null;
  /** Staff only: sets aside the freeze, the budget, a closed slot and another appointment at the same time. */
  override: Override | null;
}

/** Moves an appointment into a slot that its patient holds: reschedule_appointment.sql. */
export function reschedule(
  db: Database,
  act: Act,
  { appointmentId, versions, patientId, holdId, override }: RescheduleInput,
): Promise<
  Outcome<
    AppointmentRow,
    RefusalOf<
      AnyChange | "frozen" | "change-budget-spent" | "booking-limit" | "hold-expired" | "overlaps-own-appointment"
    >
  >
> {
  const args = { appointment: appointmentId, versions, patient: patientId, hold: holdId };
  return call(db, act, "reschedule_appointment", { ...args, override: override?.reason ?? null });
}

export interface CancelInput extends Target {
  reason: CancelReason;
  /** Staff may say whose appointment it must be. */
  patientId: string | null;
  /** Staff only: sets the freeze aside. */
  override: Override | null;
}

export interface CancelReason {
  by: "patient" | "doctor" | "clinic";
  code: string;
  /** In people's own words. */
  note: string | null;
}

/** Cancels an appointment and frees its slot: cancel_appointment.sql. */
export async function cancel(
  db: Database,
  act: Act,
  { appointmentId, versions, patientId, reason, override }: CancelInput,
): Promise<Outcome<AppointmentRow, RefusalOf<AnyChange | "frozen">>> {
  const args = {
    appointment: appointmentId,
    versions,
    patient: patientId,
    ...(await reasonArgs(db, reason, appointmentId)),
  };
  return call(db, act, "cancel_appointment", { ...args, override: override?.reason ?? null });
}

/** Cancels the appointment of an open placement case: cancel_case.sql. */
export async function cancelCase(
  db: Database,
  act: Act,
  { caseId, versions, reason }: CaseTarget & { reason: CancelReason },
): Promise<Outcome<AppointmentRow, RefusalOf<AnyChange | "case-claimed">>> {
  // A note is sealed for its appointment, which only the database knows. Without a note there is no need to ask.
  const id = reason.note === null ? null : await appointmentOfCase(db, act.caller, caseId);
  return call(db, act, "cancel_case", { placement: caseId, versions, ...(await reasonArgs(db, reason, id)) });
}

/** The appointment of a case, null if there is no such case or caller: find_appointment_of_case.sql. */
async function appointmentOfCase(db: Database, caller: CallerRef, caseId: string): Promise<string | null> {
  const { item } = await read<string>(db, caller, "find_appointment_of_case", { placement: caseId });
  return item;
}

/** Without an appointment there is no case, and the verb is refused. */
async function reasonArgs(db: Database, { by, code, note }: CancelReason, appointmentId: string | null) {
  const sealed = appointmentId && (await db.fields.seal("appointments.cancel_note", appointmentId, note));
  return { reason_by: by, reason_code: code, note: sealed };
}

export interface AcceptInput extends Target {
  /** Staff may say whose appointment it must be. */
  patientId: string | null;
}

/** The patient (or staff in their name) agrees to a move that the clinic made: accept_move.sql. */
export function accept(
  db: Database,
  act: Act,
  { appointmentId, versions, patientId }: AcceptInput,
): Promise<Outcome<AppointmentRow, RefusalOf<AnyChange>>> {
  return call(db, act, "accept_move", { appointment: appointmentId, versions, patient: patientId });
}

export interface AttendInput extends Target {
  status: Attendance;
}

/** A doctor or staff mark that a patient has arrived, has been seen, or did not come: mark_attendance.sql. */
export function attend(
  db: Database,
  act: Act,
  { appointmentId, versions, status }: AttendInput,
): Promise<Outcome<AppointmentRow, RefusalOf<AnyChange>>> {
  return call(db, act, "mark_attendance", { appointment: appointmentId, versions, mark: status });
}

export interface TransferInput extends Target {
  /** The patient who gets the appointment. */
  recipientId: string;
  /** Allows it although the recipient has another appointment at that time. */
  override: Override | null;
}

export type TransferRefusal =
  | RefusalOf<AnyChange | "overlaps-own-appointment">
  /** The recipient does not exist, is inactive or merged, or has the appointment already. */
  | { code: "no-such-patient" };

/** Staff transfer an appointment to another patient: transfer_appointment.sql. */
export function transfer(
  db: Database,
  act: Act,
  { appointmentId, versions, recipientId, override }: TransferInput,
): Promise<Outcome<AppointmentRow, TransferRefusal>> {
  const args = { appointment: appointmentId, versions, recipient: recipientId, override: override?.reason ?? null };
  return call(db, act, "transfer_appointment", args);
}
