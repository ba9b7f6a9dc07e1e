import type { AppointmentState } from "#domain/lifecycle.ts";
import { type Callable, type CallerRef, type Found, read } from "../call.ts";
import type { SlotRow } from "../rows.ts";

/** A patient who could take a late opening. Instants are epoch milliseconds. */
export interface CandidateRow {
  reason: "to-place" | "moved-by-clinic" | "later-appointment";
  appointmentId: string;
  status: AppointmentState;
  patientId: string;
  patientName: string;
  phone: string | null;
  doctorId: string;
  startsAt: number;
  endsAt: number;
  zone: string;
  gainMinutes: number | null;
  version: number;
}

export interface LateOpeningRow {
  slot: SlotRow;
  date: string;
  doctorName: string;
  candidates: CandidateRow[];
}

export interface LateOpeningsFilter {
  doctorId?: string | undefined;
  after?: { date: string; startsAt: number; id: string } | undefined;
  limit: number;
}

/** Free slots that became free within the freeze, with the patients who could take them: list_late_openings.sql. */
export function listLateOpenings(
  db: Callable,
  caller: CallerRef,
  { doctorId, after, limit }: LateOpeningsFilter,
  requestId: string,
): Promise<Found<LateOpeningRow[]>> {
  const args = { doctor: doctorId ?? null, after: after ?? null, page_size: limit };
  return read(db, caller, "list_late_openings", args, requestId);
}
