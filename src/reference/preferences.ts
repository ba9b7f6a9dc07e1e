import { Preferences } from "#contract/answers/preferences.ts";
import { type Descriptions, json } from "#reference/describe.ts";

export const preferences = {
  getPreferences: {
    group: "Preferences",
    summary: "What you have decided about the clinic's mails",
    answers: { 200: json(Preferences, "Your preferences, and the languages there are", "ETag") },
    refusals: ["not-found"],
  },
  changePreferences: {
    group: "Preferences",
    summary: "Choose the language of your mails, or turn reminders on or off",
    description: "Staff do this for a patient with `PATCH /patients/{id}`.",
    answers: { 200: json(Preferences, "Your preferences from now on", "ETag") },
    refusals: ["not-found"],
    keyed: true,
    versioned: true,
  },
} satisfies Descriptions;
