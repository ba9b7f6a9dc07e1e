import { type QueryClient, infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type * as z from "zod/v4";
import type { Doctors } from "#contract/answers/clinic.ts";
import type { Openings } from "#contract/answers/desk.ts";
import type { DoctorRecord } from "#contract/answers/doctors.ts";
import type { Holidays } from "#contract/answers/holidays.ts";
import type { OperationDetail, OperationItems, Operations } from "#contract/answers/operations.ts";
import type { ScheduleExceptions } from "#contract/answers/schedule.ts";
import type { Schedule } from "#contract/requests/schedule.ts";
import type { HolidayFile } from "#domain/holiday-file.ts";
import type { Infer } from "#contract/common.ts";
import { query, send } from "#kit/api/request.ts";

export type WeeklySessions = Infer<typeof Schedule>;

/** All doctors, also those who have left. */
export const allDoctorsQuery = queryOptions({
  queryKey: ["doctors", "all"],
  queryFn: async ({ signal }) => (await send<Doctors>("/doctors?status=all", { signal })).data,
});

/** A doctor's record with its version. */
export function doctorQuery(id: string) {
  return queryOptions({
    queryKey: ["doctor", id],
    queryFn: async ({ signal }) => {
      const { data, etag } = await send<DoctorRecord>(`/doctors/${encodeURIComponent(id)}`, { signal });
      return { record: data, etag: etag ?? "" };
    },
  });
}

/** A doctor's weekly sessions with their version. */
export function scheduleQuery(id: string) {
  return queryOptions({
    queryKey: ["schedule", id],
    queryFn: async ({ signal }) => {
      const { data, etag } = await send<WeeklySessions>(`/doctors/${encodeURIComponent(id)}/schedule`, { signal });
      return { sessions: data, etag: etag ?? "" };
    },
    // A form that the user is filling in must not change.
    refetchOnWindowFocus: false,
  });
}

/** The first date that the API takes: all exceptions that are kept. */
const EARLIEST = "2000-01-01";

/** A doctor's absences and extra sessions by date; `past` with those that are over. */
export function exceptionsQuery(id: string, past: boolean) {
  const path = `/doctors/${encodeURIComponent(id)}/exceptions${query({ from: past ? EARLIEST : undefined })}`;
  return queryOptions({
    queryKey: ["exceptions", id, past],
    queryFn: async ({ signal }) => (await send<z.infer<typeof ScheduleExceptions>>(path, { signal })).data.items,
  });
}

/** The doctor's first free time; null without one. */
export function firstOpeningQuery(doctorId: string) {
  return queryOptions({
    queryKey: ["openings", "first", doctorId],
    queryFn: async ({ signal }) =>
      (await send<Openings>(`/openings${query({ doctorId })}`, { signal })).data.items[0]?.slot ?? null,
  });
}

/** The public holidays of a year at all locations, by date. */
export function holidaysQuery(year: number) {
  return queryOptions({
    queryKey: ["holidays", year],
    queryFn: async ({ signal }) =>
      (await send<z.infer<typeof Holidays>>(`/holidays${query({ year })}`, { signal })).data.items,
  });
}

/** The prepared public holidays of a country, from which the API imports; null if there are none. */
export function holidayFileQuery(country: string) {
  return queryOptions({
    queryKey: ["holiday-file", country],
    queryFn: async ({ signal }): Promise<HolidayFile | null> => {
      const response = await fetch(`/holidays/${encodeURIComponent(country)}.json`, { signal });
      return response.ok ? ((await response.json()) as HolidayFile) : null;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

const PAGE = 50;

/** Changes of the clinic calendar, newest first, page by page. */
export const operationsQuery = infiniteQueryOptions({
  queryKey: ["operations"],
  queryFn: async ({ pageParam, signal }) =>
    (await send<z.infer<typeof Operations>>(`/operations${query({ limit: PAGE, cursor: pageParam })}`, { signal }))
      .data,
  initialPageParam: undefined as string | undefined,
  getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
});

/** While an operation runs, it is asked for this often. */
const POLL_MS = 1000;

/** One operation, read again until it is done. */
export function operationQuery(id: string) {
  return queryOptions({
    queryKey: ["operation", id],
    queryFn: async ({ signal }) =>
      (await send<OperationDetail>(`/operations/${encodeURIComponent(id)}`, { signal })).data,
    refetchInterval: ({ state }) => (state.data?.phase === "done" ? false : POLL_MS),
  });
}

/** The appointments of an operation, by their former start, page by page. */
export function operationItemsQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ["operation-items", id],
    queryFn: async ({ pageParam, signal }) => {
      const path = `/operations/${encodeURIComponent(id)}/items${query({ limit: PAGE, cursor: pageParam })}`;
      return (await send<z.infer<typeof OperationItems>>(path, { signal })).data;
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
}

/** Queries of other screens that a change of the clinic calendar can affect. */
const CHANGED =
  "doctors doctor schedule exceptions holidays operations operation operation-items " +
  "board openings cases case today late-openings appointments appointment";

/** Marks everything as outdated that a change of the clinic calendar can change. */
export async function refreshCalendar(queryClient: QueryClient): Promise<void> {
  await Promise.all(CHANGED.split(" ").map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
}
