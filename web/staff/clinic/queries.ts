import { queryOptions, useQuery } from "@tanstack/react-query";
import type { Policy } from "#contract/answers/policy.ts";
import { sessionQuery } from "#kit/api/queries.ts";
import { send } from "#kit/api/request.ts";

/** A resource with the ETag of the version that is shown. */
export interface Versioned<Value> {
  value: Value;
  etag: string;
}

/** Whether the user may change accounts, settings, keys and the clinic. Undefined while that is not known yet. */
export function useAdministrator(): boolean | undefined {
  const { data: session } = useQuery(sessionQuery);
  return session ? session.administrator === true : undefined;
}

/** Reads one resource with its version. A form that the user is filling in must not change, so focus does not read again. */
export function versionedQuery<Value>(path: string) {
  return queryOptions({
    queryKey: ["versioned", path],
    queryFn: async ({ signal }): Promise<Versioned<Value>> => {
      const { data, etag } = await send<Value>(path, { signal });
      return { value: data, etag: etag ?? "" };
    },
    refetchOnWindowFocus: false,
  });
}

export const policyQuery = versionedQuery<Policy>("/policy");
