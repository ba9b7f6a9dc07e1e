import { Patient } from "#contract/answers/patients.ts";
import { type Descriptions, json } from "#reference/describe.ts";

export const patientMerge = {
  mergePatient: {
    group: "Patients",
    summary: "Merge a record into another of the same person: everything moves there, and this one is switched off",
    answers: { 200: json(Patient, "The record that stays, with its ETag", "ETag") },
    description: "Administrators only.",
    refusals: ["step-up-required", "not-found", "wrong-state", "overlaps-own-appointment"],
    keyed: true,
    versioned: true,
  },
} satisfies Descriptions;
