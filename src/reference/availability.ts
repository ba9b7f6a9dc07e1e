import { Availability, AvailableDays } from "#contract/answers/clinic.ts";
import { type Descriptions, UNCHANGED, empty, json } from "#reference/describe.ts";

export const availability = {
  getAvailability: {
    group: "Booking",
    summary: "Free times by day, at most 31 days",
    answers: {
      200: json(Availability, "Days with their free slots, or why there are none", "ETag", "Link?"),
      304: empty("Unchanged since the ETag in If-None-Match", "ETag", "Link?"),
    },
    refusals: ["unauthenticated"],
  },
  listAvailableDays: {
    group: "Booking",
    summary: "Number of free times by day, at most 31 days",
    description:
      "For a calendar. Slots of one specialty at the same start and location count once. The filters are those of `GET /availability`.",
    answers: {
      200: json(AvailableDays, "Days with the number of their free times, or why there are none", "ETag"),
      304: UNCHANGED,
    },
    refusals: ["unauthenticated"],
  },
} satisfies Descriptions;
