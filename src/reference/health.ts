import { Health } from "#contract/answers/health.ts";
import { type Descriptions, json } from "#reference/describe.ts";

export const health = {
  getHealth: {
    group: "Service",
    summary: "Liveness, and which dependencies answer",
    answers: {
      200: json(Health, "ok, or degraded: bookings work"),
      503: json(Health, "down: the database does not answer"),
    },
  },
} satisfies Descriptions;
