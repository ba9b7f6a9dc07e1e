import { type Callable, type CallerRef, type Found, read } from "../call.ts";

/** A patient who has arrived and is not seen yet. Instants are epoch milliseconds. */
export interface WaitingRow {
  appointmentId: string;
  patientId: string;
  patientName: string;
  doctorId: string;
  doctorName: string;
  locationId: string;
  startsAt: number;
  arrivedAt: number;
  zone: string;
  waitingMinutes: number;
}

/** The outcomes of one week's appointments. `from`: its Monday. `offered`: times that were open or booked. */
export interface WeekRow {
  from: string;
  booked: number;
  seen: number;
  noShow: number;
  cancelledByPatient: number;
  cancelledByClinic: number;
  offered: number;
}

/** Today's figures. */
export interface TodayRow {
  /** The clinic's. */
  date: string;
  booked: number;
  arrived: number;
  completed: number;
  noShow: number;
  free: number;
  lateOpenings: number;
  toPlace: number;
  unconfirmed: number;
  waiting: WaitingRow[];
  weeks: WeekRow[];
}

export interface TodayFilter {
  doctorId?: string | undefined;
  locationId?: string | undefined;
  /** How many whole weeks before this one are counted; none and no series with 0. */
  weeks: number;
}

/** The day at a glance, of a doctor their own: read_today.sql. `item` null: a doctor's login without a doctor. */
export function readToday(
  db: Callable,
  caller: CallerRef,
  { doctorId, locationId, weeks }: TodayFilter,
  requestId: string,
): Promise<Found<TodayRow>> {
  const args = { doctor: doctorId ?? null, wanted_location: locationId ?? null, week_count: weeks };
  return read(db, caller, "read_today", args, requestId);
}
