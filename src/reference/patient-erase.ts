import { Patient } from "#contract/answers/patients.ts";
import { type Descriptions, json } from "#reference/describe.ts";

export const patientErase = {
  erasePatient: {
    group: "Patients",
    summary:
      "Erase a patient for good: the record, the login, reasons, notes and what the audit trail says beyond ids (GDPR 17)",
    answers: { 200: json(Patient, "What is left of the record, with its ETag", "ETag") },
    description:
      "Administrators only. The record must be switched off, with nothing booked and no notification due. Appointments stay without a name. Records that were merged into this one are erased with it.",
    refusals: ["step-up-required", "not-found", "wrong-state"],
    keyed: true,
    versioned: true,
  },
} satisfies Descriptions;
