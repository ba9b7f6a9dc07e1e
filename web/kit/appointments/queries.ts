import { type QueryClient, infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type * as z from "zod/v4";
import type { Appointment, Appointments } from "#contract/answers/appointments.ts";
import { query, send } from "../api/request.ts";

export type AppointmentList = z.infer<typeof Appointments>;
export type When = "upcoming" | "past";

/** An appointment with its version: a change names the version that the patient saw. */
export interface VersionedAppointment {
  appointment: Appointment;
  etag: string;
}

/** The first of the patient's own appointments, soonest first (past: latest first). */
export function appointmentsQuery(when: When, limit: number) {
  return queryOptions({
    queryKey: ["appointments", when, { limit }],
    queryFn: async ({ signal }) =>
      (await send<AppointmentList>(`/appointments${query({ when, limit })}`, { signal })).data,
  });
}

/** The appointments among which the line above the first page finds the next one. web/public/shell.js asks for the same. */
export const nextAppointmentsQuery = appointmentsQuery("upcoming", 5);

/** All of the patient's appointments, page by page. */
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
    queryFn: async ({ signal }): Promise<VersionedAppointment> => {
      const { data, etag } = await send<Appointment>(appointmentPath(id), { signal });
      return { appointment: data, etag: etag ?? "" };
    },
  });
}

export const appointmentPath = (id: string) => `/appointments/${encodeURIComponent(id)}`;

/** Caches the appointment in the answer to a change; lists and free times are fetched again. */
export function rememberAppointment(
  queryClient: QueryClient,
  appointment: Appointment,
  etag: string | undefined,
): void {
  queryClient.setQueryData(appointmentQuery(appointment.id).queryKey, { appointment, etag: etag ?? "" });
  void queryClient.invalidateQueries({ queryKey: ["appointments"] });
  void queryClient.invalidateQueries({ queryKey: ["availability"] });
}
