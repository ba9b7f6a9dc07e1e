import { Openings, Today } from "#contract/answers/desk.ts";
import { type Descriptions, json } from "#reference/describe.ts";

export const desk = {
  listOpenings: {
    group: "Booking",
    summary: "The first free time on each of the next ten dates that have one",
    description:
      "Of a doctor, a specialty or anyone. For a patient, times of their other appointments are left out; staff name the patient, or leave it out.",
    answers: { 200: json(Openings, "By date, as a hold would take them now") },
    refusals: ["not-found"],
  },
  getToday: {
    group: "Appointments",
    summary: "Today at a glance, and the weeks before in figures; a doctor's own day",
    answers: { 200: json(Today, "As it is right now") },
    refusals: ["not-found"],
  },
} satisfies Descriptions;
