import { CalendarFeed, NewCalendarFeed } from "#contract/answers/calendar-feed.ts";
import { type Descriptions, empty, json } from "#reference/describe.ts";

export const feeds = {
  getCalendarFeed: {
    group: "Calendars",
    summary: "Whether you have a calendar address",
    description: "The address itself is shown when it is made, and kept nowhere.",
    answers: { 200: json(CalendarFeed, "Since when, if you have") },
  },
  setCalendarFeed: {
    group: "Calendars",
    summary: "Get a calendar address, or another one instead",
    description:
      "A calendar program subscribes to the address without logging in. A former address stops working at once. The same `Idempotency-Key` answers the same address, which is derived from it and not kept.",
    answers: { 201: json(NewCalendarFeed, "The address, shown this once") },
    refusals: ["not-found"],
    keyed: true,
  },
  removeCalendarFeed: {
    group: "Calendars",
    summary: "Make your calendar address stop working",
    answers: { 204: empty("There is none any more") },
    refusals: ["not-found"],
    keyed: true,
  },
} satisfies Descriptions;
