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
  // A form that the patient is filling in must not change.
  refetchOnWindowFocus: false,
});
