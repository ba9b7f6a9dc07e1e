import { infiniteQueryOptions } from "@tanstack/react-query";
import type { Availability } from "#contract/answers/clinic.ts";
import { query, send } from "#kit/api/request.ts";
import { addDays } from "#kit/time/format.ts";
import type { TimesSearch } from "./search.ts";

export type Day = Availability["days"][number];
interface Page {
  from?: string | undefined;
  to?: string | undefined;
  cursor?: string;
}

const POLL_MS = 10_000;
const DAYS_A_PAGE = 7;

/** Free times from a date on, week by week, polled while the page is visible (304 without a change). */
export function availabilityQuery({ doctor, specialty, from, change }: TimesSearch) {
  const firstPage: Page = { from };
  return infiniteQueryOptions({
    queryKey: ["availability", { doctor, specialty, from, change }],
    queryFn: async ({ pageParam, signal }) => {
      const path = `/availability${query({ doctorId: doctor, specialty, appointmentId: change, ...pageParam })}`;
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
