import { QueryClient, QueryCache, MutationCache, queryOptions } from "@tanstack/react-query";
import type { Config, Doctors } from "#contract/answers/clinic.ts";
import type { Session } from "#contract/answers/session.ts";
import { belongTo } from "../session/shared-device.ts";
import { isProblem } from "./problem.ts";
import { send, sendApiKey } from "./request.ts";

const MINUTE = 60_000;

/** Clinic, locations and identity provider: equal for all users while the page is open. */
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

/** The session of the logged-in user; null without one. Scripts cannot read the cookie. */
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

/**
 * The query cache of one app. A 401 of any request ends the session. A session of another person, begun in another tab,
 * loads the page again. From its configuration on, requests name the app.
 */
export function createQueryClient(app: keyof Config["apiKey"]): QueryClient {
  const onSuccess = (data: unknown, { queryKey }: { queryKey: readonly unknown[] }) => {
    if (queryKey[0] === configQuery.queryKey[0]) sendApiKey((data as Config).apiKey[app]);
    if (queryKey[0] === sessionQuery.queryKey[0] && data && belongTo((data as Session).personId)) location.reload();
  };
  const onError = (error: Error) => {
    if (isProblem(error, "unauthenticated")) client.setQueryData(sessionQuery.queryKey, null);
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError, onSuccess }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      // request.ts retries, because it knows what is safe; "always" lets it report that the device is offline.
      queries: { retry: false, networkMode: "always", staleTime: 5000 },
      mutations: { retry: false, networkMode: "always" },
    },
  });
  const config = configOfPage();
  if (config) {
    client.setQueryData(configQuery.queryKey, config);
    sendApiKey(config.apiKey[app]);
  }
  return client;
}

/** The configuration that the Worker has written into the page; undefined where it had none (src/routes/pages.ts). */
function configOfPage(): Config | undefined {
  const text = document.getElementById("config")?.textContent;
  return text === undefined || text === null ? undefined : (JSON.parse(text) as Config);
}
