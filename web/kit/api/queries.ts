import { QueryClient, QueryCache, MutationCache, queryOptions } from "@tanstack/react-query";
import type { Config, Doctors } from "#contract/answers/clinic.ts";
import type { Session } from "#contract/answers/session.ts";
import { isProblem } from "./problem.ts";
import { send } from "./request.ts";

const MINUTE = 60_000;

/** Clinic, locations and identity provider; the same for everybody and for as long as the page is open. */
export const configQuery = queryOptions({
  queryKey: ["config"],
  queryFn: async ({ signal }) => (await send<Config>("/config", { signal })).data,
  staleTime: Number.POSITIVE_INFINITY,
});

export const doctorsQuery = queryOptions({
  queryKey: ["doctors"],
  queryFn: async ({ signal }) => (await send<Doctors>("/doctors", { signal })).data,
  staleTime: 5 * MINUTE,
});

/** Who is logged in; null when nobody is. The cookie itself is out of a script's reach. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return (await send<Session>("/session", { signal })).data;
    } catch (error) {
      if (isProblem(error, "unauthenticated")) return null;
      throw error;
    }
  },
  staleTime: MINUTE,
});

/** The cache of one app. Any 401 means that the session is over, whichever request noticed it. */
export function createQueryClient(): QueryClient {
  const onError = (error: Error) => {
    if (isProblem(error, "unauthenticated")) client.setQueryData(sessionQuery.queryKey, null);
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      // Retries live in the request itself, which knows what is safe; "always" lets it report being offline.
      queries: { retry: false, networkMode: "always", staleTime: 5000 },
      mutations: { retry: false, networkMode: "always" },
    },
  });
  return client;
}
