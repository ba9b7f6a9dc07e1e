import { t } from "@lingui/core/macro";
import { i18n } from "@lingui/core";
import { addDays, shortDayOf } from "#kit/time/format.ts";

/** `3 December 2026` */
export const dateWords = (date: string): string => `${shortDayOf(date)} ${date.slice(0, 4)}`;

/** `3 December 2026 to 5 December 2026`, `from 3 December 2026`; empty without dates. Both dates are included. */
export function dateSpan(from: string | null, to: string | null): string {
  if (from === null) return "";
  const first = dateWords(from);
  if (to === null) return t`from ${first}`;
  const last = dateWords(to);
  return from === to ? first : t`${first} to ${last}`;
}

/** `Monday`, of 1 (Monday) to 7 (Sunday). */
export function weekdayWords(weekday: number): string {
  // 2026-06-01 is a Monday.
  const date = new Date(`${addDays("2026-06-01", weekday - 1)}T12:00:00Z`);
  return new Intl.DateTimeFormat(i18n.locale, { weekday: "long", timeZone: "UTC" }).format(date);
}

/** `09:00–13:00` */
export const hoursWords = ({ from, to }: { from: string; to: string }): string => `${from}–${to}`;
