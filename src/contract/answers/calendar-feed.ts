import * as z from "zod/v4";
import { Instant } from "#contract/common.ts";

export const CalendarFeed = z
  .object({
    since: Instant().nullable().meta({ description: "Since when the present address holds; null: there is none" }),
  })
  .meta({ id: "CalendarFeed" });
export type CalendarFeed = z.infer<typeof CalendarFeed>;

export const NewCalendarFeed = z
  .object({
    url: z.url().meta({
      description: "Shown only this time. Everyone who has it can read the appointments, without logging in",
      example: "https://book.clinic.example/api/v1/calendar/mYk0m1Yq3b2l1kJtY5s8w9XcVbN0aQzR4uEoPiLgHd8.ics",
    }),
    since: Instant(),
  })
  .meta({ id: "NewCalendarFeed" });
export type NewCalendarFeed = z.infer<typeof NewCalendarFeed>;
