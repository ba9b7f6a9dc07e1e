import type { Calendar, NewSlot } from "#domain/calendar/model.ts";
import { type CallerRef, read, run } from "../call.ts";
import type { Database } from "../client.ts";
import { type CalendarJson, type CalendarScope, calendarOf } from "../queries/clinic-calendar.ts";
import type { Transaction } from "../transaction.ts";

/** Locks the locations and doctors of a scope, then reads the clinic calendar: lock_calendar.sql. */
export async function lockCalendar(tx: Transaction, scope: CalendarScope, forHolidays: boolean): Promise<Calendar> {
  return calendarOf(await run<CalendarJson>(tx, "lock_calendar", { scope, for_holidays: forHolidays }));
}

/** Locks slots, then reads the clinic calendar again: lock_calendar_slots.sql. */
export async function lockSlots(tx: Transaction, scope: CalendarScope, ids: readonly string[]): Promise<Calendar> {
  return calendarOf(await run<CalendarJson>(tx, "lock_calendar_slots", { scope, slot_ids: ids }));
}

/** Adds slots to the end of the booking horizon; answers how many: extend_calendar.sql. */
export function extendWith(tx: Transaction, requestId: string, slots: readonly NewSlot[]): Promise<number> {
  return run(tx, "extend_calendar", { request_id: requestId, new_slots: JSON.stringify(slots) });
}

/** Switches off the doctors whose day of leaving has come; answers how many: retire_doctors.sql. */
export function retireDoctors(db: Database, requestId: string): Promise<number> {
  return run(db, "retire_doctors", { request_id: requestId });
}

/** Keeps what a preview showed, for the operation that is applied with it: keep_preview.sql. */
export async function keepPreview(
  db: Database,
  caller: CallerRef,
  { token, shown }: { token: string; shown: object },
  requestId: string,
): Promise<void> {
  await read(db, caller, "keep_preview", { preview_token: token, shown }, requestId);
}

/** Forgets up to `limit` previews that are older than `days`, oldest first; answers how many: forget_previews.sql. */
export function forgetPreviews(db: Database, days: number, limit: number): Promise<number> {
  return run(db, "forget_previews", { days, max_count: limit });
}
