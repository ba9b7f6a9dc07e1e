import { Availability } from "#contract/answers/clinic.ts";
import { type Descriptions, UNCHANGED, json } from "#reference/describe.ts";

export const availability = {
  getAvailability: {
    group: "Booking",
    summary: "Free times by day, at most 31 days",
    answers: {
      200: json(Availability, "Days with their free slots, or why there are none", "ETag"),
      304: UNCHANGED,
    },
    refusals: ["unauthenticated"],
  },
} satisfies Descriptions;
