import { type Callable, type CallerRef, type Found, read } from "../call.ts";
import type { Columns, SlotRow } from "../rows.ts";
import type { appointments } from "../schema/appointments.ts";

/** A patient who could take a late opening. Instants are epoch milliseconds. */
export interface CandidateRow extends Columns<
  typeof appointments,
  "status" | "patientId" | "doctorId" | "startsAt" | "endsAt" | "version"
> {
  reason: "to-place" | "moved-by-clinic" | "later-appointment";
  appointmentId: string;
  patientName: string;
  phone: string | null;
  /** In E.164; null without a number. */
  phoneE164: string | null;
  zone: string;
  gainMinutes: number | null;
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
