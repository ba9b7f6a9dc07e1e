import { Config } from "#contract/answers/clinic.ts";
import { type Descriptions, json } from "#reference/describe.ts";

export const config = {
  getConfig: {
    group: "Clinic",
    summary: "What an app needs before anybody has logged in",
    answers: { 200: json(Config, "Issuer, client ids, audience, the clinic and its locations") },
  },
} satisfies Descriptions;
