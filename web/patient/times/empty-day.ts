import { t } from "@lingui/core/macro";
import type { Doctor } from "#contract/answers/clinic.ts";
import { shortDayOf } from "#kit/time/format.ts";
import type { Day } from "./availability.ts";
import { type TimesSearch, isFiltered } from "#kit/appointments/times-search.ts";

type Reason = NonNullable<Day["reason"]>;

const WORDS: Record<Reason, (doctor: string | undefined) => string> = {
  holiday: () => t`Closed: public holiday.`,
  absent: (doctor) => (doctor === undefined ? t`No times. The doctors are away.` : t`${doctor} is away.`),
  full: () => t`No times. Fully booked.`,
  "not-released": () => t`Not open for booking yet.`,
  limit: () => t`Nothing more can be booked or changed online for now. Please call us.`,
  past: () => t`No more times on this day.`,
};

/** Why a day has no free times, in words. Without a reason there are no sessions on that day. */
export function emptyDayWords(day: Day, today: string, search: TimesSearch, doctors: Doctor[]): string {
  if (day.date === today && day.reason === "past") return t`No more times today.`;
  const doctor = doctors.find(({ id }) => id === search.doctor)?.name;
  if (day.reason !== undefined) return WORDS[day.reason](doctor);
  if (isFiltered(search)) return t`No times of this kind.`;
  if (day.date === today) return doctor === undefined ? t`No clinic today.` : t`${doctor} has no clinic today.`;
  return doctor === undefined ? t`No clinic on this day.` : t`${doctor} has no clinic on this day.`;
}

/** The reasons of empty days, each with the days that follow one another and share it. */
export function emptySpans(days: Day[], today: string, search: TimesSearch, doctors: Doctor[]) {
  const spans: { from: string; to: string; words: string }[] = [];
  for (const day of days) {
    const words = emptyDayWords(day, today, search, doctors);
    const last = spans.at(-1);
    if (last?.words === words) last.to = day.date;
    else spans.push({ from: day.date, to: day.date, words });
  }
  return spans.map(({ from, to, words }) => ({ key: from, words, days: spanWords(from, to) }));
}

function spanWords(from: string, to: string): string {
  const [first, last] = [shortDayOf(from), shortDayOf(to)];
  return from === to ? first : t({ message: `${first} to ${last}`, comment: "1 December to 4 December" });
}
