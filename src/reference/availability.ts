import { Availability } from "#contract/answers/clinic.ts";
import { type Descriptions, empty, json } from "#reference/describe.ts";

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
} satisfies Descriptions;
