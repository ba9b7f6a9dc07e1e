import type { AppointmentState } from "#domain/lifecycle.ts";
import { type Callable, type CallerRef, type Found, read } from "../call.ts";
import type { SlotRow } from "../rows.ts";

/**
 * The state of a slot at this moment. `absent` and `holiday` are closed for that reason, `late` came free within the freeze.
 */
export type BoardSlotState = "free" | "late" | "held" | "booked" | "closed" | "absent" | "holiday";

/** Instants are epoch milliseconds, dates are clinic dates. */
export interface BoardSlotRow extends SlotRow {
  date: string;
  state: BoardSlotState;
  appointmentId: string | null;
  heldUntil: number | null;
}

export interface BoardAppointmentRow extends SlotRow {
  version: number;
  status: AppointmentState;
  patientId: string;
  patientName: string;
  phone: string | null;
  /** In E.164; null without a number. */
  phoneE164: string | null;
  /** Null for one that waits to be placed: doctor and times are those that it lost. */
  slotId: string | null;
  /** In the patient's words, for the doctor; null for staff. */
  reason: string | null;
  /** Whether the patient has said, by the link in a mail, that they will come at this time. */
  willCome: boolean;
  /** Since when the patient waits; null unless they are there. */
  arrivedAt: number | null;
}

export interface BoardRow {
  /** Those with a slot or an appointment in the window, by specialty and name. */
  doctors: { id: string; name: string; specialty: string }[];
  slots: BoardSlotRow[];
  appointments: BoardAppointmentRow[];
  /** `toDate` is the last date, included; hours are the location's, null for whole days; `locationId` null: everywhere. */
  absences: {
    id: string;
    doctorId: string;
    locationId: string | null;
    fromDate: string;
    toDate: string;
    from: string | null;
    to: string | null;
    note: string | null;
  }[];
  holidays: { locationId: string; date: string; name: string }[];
}

export interface BoardFilter {
  /** Clinic dates, both included. */
  from: string;
  to: string;
  locationId?: string | undefined;
  doctorId?: string | undefined;
}

/** Longest window of one answer, days. */
export const BOARD_DAYS = 7;

/**
 * The board: read_board.sql. Doctors see their own.
 * @param known the tag of the content that the caller has; `board` is null if it is still that
 */
export function readBoard(
  db: Callable,
  caller: CallerRef,
  { from, to, locationId, doctorId }: BoardFilter,
  known: string | null,
  requestId: string,
): Promise<Found<{ tag: string; board: BoardRow | null }>> {
  const args = {
    from_date: from,
    to_date: to,
    location: locationId ?? null,
    doctor: doctorId ?? null,
    known_tag: known,
  };
  return read(db, caller, "read_board", args, requestId);
}
