import type { QueryClient } from "@tanstack/react-query";
import { doctorsQuery, sessionQuery } from "#kit/api/queries.ts";
import { nextAppointmentsQuery } from "#kit/appointments/queries.ts";
import { readTimesSearch } from "#kit/appointments/times-search.ts";
import { availabilityQuery } from "./times/availability.ts";

/** Reads what the page at this address shows first. A failure is the page's to tell. */
export async function loadFirstPage(queryClient: QueryClient): Promise<void> {
  const session = queryClient.fetchQuery(sessionQuery).catch(() => null);
  if (location.pathname !== "/") {
    await session;
    return;
  }
  const search = readTimesSearch(Object.fromEntries(new URLSearchParams(location.search)));
  const next = async () => {
    if ((await session)?.role !== "patient" || search.change !== undefined) return;
    await queryClient.prefetchQuery(nextAppointmentsQuery);
  };
  await Promise.all([
    queryClient.prefetchQuery(doctorsQuery),
    queryClient.prefetchInfiniteQuery(availabilityQuery(search)),
    next(),
  ]);
}
