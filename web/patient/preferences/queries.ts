import { queryOptions } from "@tanstack/react-query";
import type { CalendarFeed } from "#contract/calendar-feed.ts";
import type { Preferences } from "#contract/preferences.ts";
import { send } from "#kit/api/request.ts";

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

export const calendarFeedQuery = queryOptions({
  queryKey: ["calendar-feed"],
  queryFn: async ({ signal }) => (await send<CalendarFeed>("/calendar-feed", { signal })).data,
});
