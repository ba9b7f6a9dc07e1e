import { queryOptions } from "@tanstack/react-query";
import type { Preferences } from "#contract/answers/preferences.ts";
import { send } from "./request.ts";

export interface VersionedPreferences {
  preferences: Preferences;
  etag: string;
}

export const preferencesQuery = queryOptions({
  queryKey: ["preferences"],
  queryFn: async ({ signal }): Promise<VersionedPreferences> => {
    const { data, etag } = await send<Preferences>("/preferences", { signal });
    return { preferences: data, etag: etag ?? "" };
  },
  // What somebody is filling in is not replaced under their hands.
  refetchOnWindowFocus: false,
});
