import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type * as z from "zod/v4";
import type { Appointments } from "#contract/answers/appointments.ts";
import type { Openings, Today } from "#contract/answers/desk.ts";
import type { LateOpenings } from "#contract/answers/late-openings.ts";
import type { Patient, PatientRecord, Patients } from "#contract/answers/patients.ts";
import type { Deliveries } from "#contract/answers/tasks.ts";
import { query, send } from "#kit/api/request.ts";
import { type Versioned, versionedQuery } from "#kit/api/versioned.ts";

const MINUTE = 60_000;

/** Maximum number of patients shown. With more, the user types another letter. */
export const FOUND_PATIENTS = 12;

/** Patients by name, number or date of birth. Nothing is asked for fewer than two characters. */
export function patientSearchQuery(q: string) {
  return queryOptions({
    queryKey: ["patients", "search", q],
    queryFn: async ({ signal }) =>
      (await send<z.infer<typeof Patients>>(`/patients${query({ q, limit: FOUND_PATIENTS })}`, { signal })).data,
    enabled: q.length >= 2,
    placeholderData: keepPreviousData,
  });
}

export const patientPath = (id: string) => `/patients/${encodeURIComponent(id)}`;

/** A record with its version. Each reading is audited, so it is not read again while it is shown on several screens. */
export const recordQuery = (id: string) => ({
  ...versionedQuery<PatientRecord>(patientPath(id)),
  staleTime: 5 * MINUTE,
});

/** The same record for screens that only show the patient. */
export const patientQuery = (id: string) => ({
  ...recordQuery(id),
  select: ({ value }: Versioned<PatientRecord>): Patient => value,
});

/** The patient's appointments: the next ones, or the latest past ones. */
export function patientAppointmentsQuery(patientId: string, when: "upcoming" | "past") {
  return queryOptions({
    queryKey: ["appointments", "of", patientId, when],
    queryFn: async ({ signal }) =>
      (await send<z.infer<typeof Appointments>>(`/appointments${query({ patientId, when, limit: 20 })}`, { signal }))
        .data.items,
  });
}

export interface OpeningsSearch {
  doctorId?: string;
  specialty?: string;
  locationId?: string;
  /** `YYYY-MM-DD` at the clinic. */
  from?: string;
}

/** The first free time of each of the next ten dates. For a patient, without the times of their other appointments. */
export function openingsQuery(search: OpeningsSearch, patientId: string | null) {
  const path = `/openings${query({ ...search, patientId: patientId ?? undefined })}`;
  return queryOptions({
    queryKey: ["openings", path],
    queryFn: async ({ signal }) => (await send<Openings>(path, { signal })).data.items,
    placeholderData: keepPreviousData,
    refetchInterval: MINUTE / 2,
  });
}

/** Today's figures, with a number of weeks before this one. */
export function todayQuery(weeks: number) {
  return queryOptions({
    queryKey: ["today", weeks],
    queryFn: async ({ signal }) => (await send<Today>(`/today${query({ weeks })}`, { signal })).data,
    refetchInterval: MINUTE,
  });
}

export const lateOpeningsQuery = queryOptions({
  queryKey: ["late-openings"],
  queryFn: async ({ signal }) =>
    (await send<z.infer<typeof LateOpenings>>("/late-openings?limit=50", { signal })).data.items,
  refetchInterval: MINUTE / 2,
});

/** The messages about an appointment, and whether they arrived. Each read is audited. */
export function deliveriesQuery(appointmentId: string) {
  return queryOptions({
    queryKey: ["deliveries", appointmentId],
    queryFn: async ({ signal }) =>
      (await send<z.infer<typeof Deliveries>>(`/appointments/${appointmentId}/deliveries`, { signal })).data.items,
  });
}
