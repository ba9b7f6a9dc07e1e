import { addDays, isoWeekdayOf } from "#kit/time/format.ts";

/** The first of the month of a date, `2026-12-01`. */
export const firstOfMonth = (date: string): string => `${date.slice(0, 7)}-01`;

/** The first of the month that many months later. */
export function addMonths(date: string, months: number): string {
  const first = new Date(`${firstOfMonth(date)}T12:00:00Z`);
  first.setUTCMonth(first.getUTCMonth() + months);
  return first.toISOString().slice(0, 10);
}

/** The last date of a month. */
export const lastOfMonth = (date: string): string => addDays(addMonths(date, 1), -1);

/** The weeks of a month from Monday to Sunday; null where a cell belongs to another month. */
export function weeksOf(month: string): (string | null)[][] {
  const before = isoWeekdayOf(firstOfMonth(month)) - 1;
  const count = Number(lastOfMonth(month).slice(8));
  const cells = Array.from({ length: Math.ceil((before + count) / 7) * 7 }, (_, n) =>
    n < before || n >= before + count ? null : addDays(firstOfMonth(month), n - before),
  );
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}
