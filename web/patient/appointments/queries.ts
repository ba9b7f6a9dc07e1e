import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type { Appointment, Appointments } from "#contract/appointments.ts";
import { query, send } from "#kit/api/request.ts";

export type AppointmentList = z.infer<typeof Appointments>;
export type When = "upcoming" | "past";

/** The first of the patient's own appointments, soonest first (past: latest first). */
export function appointmentsQuery(when: When, limit: number) {
  return queryOptions({
    queryKey: ["appointments", when, { limit }],
    queryFn: async ({ signal }) =>
      (await send<AppointmentList>(`/appointments${query({ when, limit })}`, { signal })).data,
  });
}

/** All of them, page by page. */
export function allAppointmentsQuery(when: When) {
  return infiniteQueryOptions({
    queryKey: ["appointments", when, "all"],
    queryFn: async ({ pageParam, signal }) =>
      (await send<AppointmentList>(`/appointments${query({ when, limit: 20, cursor: pageParam })}`, { signal })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
}

export function appointmentQuery(id: string) {
  return queryOptions({
    queryKey: ["appointment", id],
    queryFn: async ({ signal }) =>
      (await send<Appointment>(`/appointments/${encodeURIComponent(id)}`, { signal })).data,
  });
}
