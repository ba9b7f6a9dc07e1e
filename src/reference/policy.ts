import { Policy } from "#contract/answers/policy.ts";
import { type Descriptions, json } from "#reference/describe.ts";

export const policy = {
  getPolicy: {
    group: "Clinic",
    summary: "Every setting of the clinic with its bounds",
    answers: { 200: json(Policy, "Settings, bounds, defaults and units", "ETag") },
  },
  changePolicy: {
    group: "Clinic",
    summary: "Change settings; those left out stay as they are; administrators only",
    answers: { 200: json(Policy, "The settings from now on", "ETag") },
    refusals: ["step-up-required"],
    keyed: true,
    versioned: true,
  },
} satisfies Descriptions;
