import { queryOptions } from "@tanstack/react-query";
import type { CalendarFeed } from "#contract/answers/calendar-feed.ts";
import { send } from "#kit/api/request.ts";

export const calendarFeedQuery = queryOptions({
  queryKey: ["calendar-feed"],
  queryFn: async ({ signal }) => (await send<CalendarFeed>("/calendar-feed", { signal })).data,
});
