import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Availability, AvailableDays } from "#contract/answers/clinic.ts";
import { query, send } from "#kit/api/request.ts";
import { addDays } from "#kit/time/format.ts";
import type { TimesSearch } from "#kit/appointments/times-search.ts";

export type Day = Availability["days"][number];
export type CountedDay = AvailableDays["days"][number];
interface Page {
  from?: string | undefined;
  to?: string | undefined;
  cursor?: string;
}

const POLL_MS = 10_000;
const DAYS_A_PAGE = 7;
/** As many as the first three days of a large clinic have. */
const SLOTS_A_PAGE = 800;

/** The API's parameters for a search, in the same order as in web/public/shell.js. */
const wantedOf = ({ doctor, specialty, place, part, weekday, change }: TimesSearch) => ({
  doctorId: doctor,
  specialty,
  locationId: place,
  partOfDay: part,
  weekday,
  appointmentId: change,
});

/** Free times from a date on, week by week, polled while the page is visible (304 without a change). */
export function availabilityQuery({ from, ...search }: TimesSearch) {
  const firstPage: Page = { from };
  return infiniteQueryOptions({
    queryKey: ["availability", { ...search, from }],
    queryFn: async ({ pageParam, signal }) => {
      const path = `/availability${query({ ...wantedOf(search), limit: SLOTS_A_PAGE, ...pageParam })}`;
      return (await send<Availability>(path, { signal })).data;
    },
    initialPageParam: firstPage,
    getNextPageParam: nextPage,
    refetchInterval: POLL_MS,
    refetchOnWindowFocus: "always",
  });
}

function nextPage(last: Availability, _all: Availability[], page: Page): Page | undefined {
  // A week with many times has several pages, which the cursor links.
  if (last.nextCursor !== null) return { from: page.from, to: page.to, cursor: last.nextCursor };
  const end = last.days.at(-1);
  if (!end || end.reason === "not-released" || end.reason === "limit") return undefined;
  return { from: addDays(end.date, 1), to: addDays(end.date, DAYS_A_PAGE) };
}

/** The days of all pages, each once. */
export function daysOf(pages: Availability[]): Day[] {
  const days = new Map<string, Day>();
  for (const day of pages.flatMap((page) => page.days)) {
    const known = days.get(day.date);
    days.set(day.date, known ? { ...known, slots: [...known.slots, ...day.slots] } : day);
  }
  return [...days.values()];
}

/** How many times each day from `from` to `to` has; at most 31 days. */
export function availableDaysQuery(search: TimesSearch, from: string, to: string) {
  return queryOptions({
    queryKey: ["availability", "days", { ...search, from, to }],
    queryFn: async ({ signal }) => {
      const path = `/availability/days${query({ ...wantedOf(search), from, to })}`;
      return (await send<AvailableDays>(path, { signal })).data;
    },
    staleTime: 30_000,
    refetchInterval: 60_000,
    placeholderData: keepPreviousData,
  });
}
