import { Health, Readiness } from "#contract/answers/health.ts";
import { REFUSALS } from "#contract/answers/refusals.ts";
import { type Descriptions, json } from "#reference/describe.ts";

export const health = {
  getHealth: {
    group: "Service",
    summary: "Liveness: the Worker answers",
    answers: { 200: json(Health, "alive; nothing else is asked") },
    unlimited: true,
  },
  getReadiness: {
    group: "Service",
    summary: "Readiness: dependencies, functions, version, backlogs, clock and zone data",
    description:
      "Each isolate asks its dependencies at most once in two seconds. No secret and no name is in the answer.",
    answers: {
      200: json(Readiness, "ready, or degraded: bookings work"),
      503: {
        description:
          "not-ready: no booking can be made. A problem where a setting is missing or wrong: the log names it",
        content: { "application/json": Readiness, "application/problem+json": REFUSALS["dependency-unavailable"] },
        headers: ["Retry-After?"],
      },
    },
  },
} satisfies Descriptions;
