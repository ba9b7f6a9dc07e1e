import type { StoredException } from "#domain/calendar/model.ts";
import type { Session } from "#domain/schedule/model.ts";
import { type CallerRef, type Found, read, run } from "../call.ts";
import type { Database } from "../client.ts";
import type { Transaction } from "../transaction.ts";
import type { Columns } from "../rows.ts";
import type { holidays } from "../schema/clinic.ts";

export interface ScheduleRow {
  sessions: Session[];
  version: number;
}

/** A doctor's weekly schedule, for staff and for that doctor: find_schedule.sql. */
export function findSchedule(db: Database, caller: CallerRef, doctorId: string): Promise<Found<ScheduleRow>> {
  return read(db, caller, "find_schedule", { doctor: doctorId });
}

/** A doctor's exceptions that are not over on a clinic date, today's when null, by date: list_exceptions.sql. */
export function listExceptions(
  db: Database,
  caller: CallerRef,
  doctorId: string,
  from: string | null,
): Promise<Found<StoredException[]>> {
  return read(db, caller, "list_exceptions", { doctor: doctorId, from_date: from });
}

export type HolidayRow = Columns<typeof holidays, "id" | "locationId" | "date" | "name" | "source">;

/** The holidays that are kept, by date, of one location, year or id, or all: list_holidays.sql. */
export function listHolidays(
  db: Database,
  caller: CallerRef,
  filter: { locationId?: string | undefined; year?: number | undefined; id?: string },
): Promise<Found<HolidayRow[]>> {
  const { locationId = null, year = null, id = null } = filter;
  return read(db, caller, "list_holidays", { location: locationId, of_year: year, holiday: id });
}

/** The person who changed a doctor's weekly schedule last, and when (epoch milliseconds): last_schedule_change.sql. */
export function lastScheduleChange(
  tx: Transaction,
  doctorId: string,
): Promise<{ changedBy: string; changedAt: number } | null> {
  return run(tx, "last_schedule_change", { doctor: doctorId });
}
