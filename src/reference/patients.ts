import { NewPatient, Patient, PatientExport, PatientRecord, Patients } from "#contract/answers/patients.ts";
import { type Descriptions, json, page } from "#reference/describe.ts";

export const patients = {
  searchPatients: {
    group: "Patients",
    summary: "Find patients by name, date of birth or number",
    answers: { 200: page(Patients, "Exact matches by name, then those a few letters away") },
  },
  createPatient: {
    group: "Patients",
    summary: "Open a patient's record",
    answers: {
      201: json(
        NewPatient,
        "The new record; `possibleDuplicates` warns of others of the same person",
        "Location",
        "ETag",
      ),
    },
    refusals: ["duplicate"],
    keyed: true,
  },
  getPatient: {
    group: "Patients",
    summary: "One patient's record; reading it is noted in the audit trail",
    answers: { 200: json(PatientRecord, "The record", "ETag") },
    refusals: ["not-found"],
  },
  exportPatient: {
    group: "Patients",
    summary: "Everything that the clinic has about a patient, as one file (GDPR 15 and 20)",
    description: "Administrators only. It is noted in the audit trail.",
    answers: { 200: json(PatientExport, "Record, appointments, messages and history", "Content-Disposition") },
    refusals: ["not-found"],
  },
  changePatient: {
    group: "Patients",
    summary: "Correct a patient's record, or switch it off",
    answers: {
      200: json(PatientRecord, "The record from now on, and what is still booked if it is switched off", "ETag"),
    },
    refusals: ["not-found", "wrong-state", "duplicate"],
    keyed: true,
    versioned: true,
  },
  endPatientLogin: {
    group: "Patients",
    summary: "End a patient's login and all its sessions. Repeatable",
    description:
      "By its verified address the login may be linked to the record again, at once. `block=true` prevents that until staff set `loginBlocked` to false.",
    answers: { 200: json(Patient, "The record, which has no login", "ETag") },
    refusals: ["not-found"],
    keyed: true,
    versioned: true,
  },
  resumeMail: {
    group: "Patients",
    summary: "Allow mail to a patient's address again, and send the missed notifications",
    answers: { 200: json(Patient, "The record; `mailStopped` is null", "ETag") },
    refusals: ["not-found"],
    keyed: true,
  },
} satisfies Descriptions;
