import { queryOptions, useQuery } from "@tanstack/react-query";
import type * as z from "zod/v4";
import type { ApiClients } from "#contract/answers/api-clients.ts";
import type { Readiness } from "#contract/answers/health.ts";
import type { Clinic, ClinicLocation, ClinicLocations } from "#contract/answers/places.ts";
import type { Policy } from "#contract/answers/policy.ts";
import type { StaffAccount, StaffAccounts } from "#contract/answers/staff.ts";
import { sessionQuery } from "#kit/api/queries.ts";
import { send } from "#kit/api/request.ts";
import { versionedQuery } from "#kit/api/versioned.ts";

/** Whether the user may change accounts, settings, keys and the clinic. Undefined while that is not known yet. */
export function useAdministrator(): boolean | undefined {
  const { data: session } = useQuery(sessionQuery);
  return session ? session.administrator === true : undefined;
}

export const policyQuery = versionedQuery<Policy>("/policy");
export const clinicQuery = versionedQuery<Clinic>("/clinic");
export const locationQuery = (id: string) => versionedQuery<ClinicLocation>(`/locations/${encodeURIComponent(id)}`);
export const staffAccountQuery = (id: string) => versionedQuery<StaffAccount>(`/staff/${encodeURIComponent(id)}`);

export const locationsQuery = queryOptions({
  queryKey: ["locations"],
  queryFn: async ({ signal }) => (await send<z.infer<typeof ClinicLocations>>("/locations", { signal })).data.items,
});

export const staffAccountsQuery = queryOptions({
  queryKey: ["staff-accounts"],
  queryFn: async ({ signal }) =>
    (await send<z.infer<typeof StaffAccounts>>("/staff?status=all", { signal })).data.items,
});

export const apiClientsQuery = queryOptions({
  queryKey: ["api-clients"],
  queryFn: async ({ signal }) => (await send<z.infer<typeof ApiClients>>("/api-clients", { signal })).data.items,
});

/** The state of the service and of what it depends on. */
export const readinessQuery = queryOptions({
  queryKey: ["readiness"],
  queryFn: async ({ signal }) => (await send<Readiness>("/health/ready", { signal })).data,
  refetchInterval: 10_000,
});
