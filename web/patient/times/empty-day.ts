import type { Doctor } from "#contract/clinic.ts";
import type { Day } from "./availability.ts";
import type { TimesSearch } from "./search.ts";

type Reason = NonNullable<Day["reason"]>;

const WORDS: Record<Reason, (doctor: string | undefined) => string> = {
  holiday: () => "Closed: public holiday.",
  absent: (doctor) => (doctor === undefined ? "No times. The doctors are away." : `${doctor} is away.`),
  full: () => "No times. Fully booked.",
  "not-released": () => "Not open for booking yet.",
  past: () => "No more times on this day.",
};

/** Why a day has no free times, in words. Without a reason there simply are no sessions that day. */
export function emptyDayWords(day: Day, today: string, search: TimesSearch, doctors: Doctor[]): string {
  if (day.date === today && day.reason === "past") return "No more times today.";
  const doctor = doctors.find(({ id }) => id === search.doctor)?.name;
  if (day.reason !== undefined) return WORDS[day.reason](doctor);
  const when = day.date === today ? "today" : "on this day";
  return doctor === undefined ? `No clinic ${when}.` : `${doctor} has no clinic ${when}.`;
}
