import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import type { PatientRow } from "../queries/patients.ts";
import type { Act, Outcome } from "../call.ts";
import { runVerb } from "../verb.ts";
import {
  PATIENT,
  type RecordRefusal,
  alteredCtes,
  assignments,
  currentCte,
  languageCase,
  loginCte,
  notBornCase,
  versionCase,
} from "./record.ts";

export interface ChangePatientInput {
  patientId: string;
  /** The versions (ETags) that the caller accepts, usually one. */
  versions: number[];
  /** What is named is set, null empties; what is not named stays. */
  changes: {
    number?: string | undefined;
    name?: string | undefined;
    dateOfBirth?: string | undefined;
    email?: string | null | undefined;
    phone?: string | null | undefined;
    language?: string | undefined;
    reminders?: boolean | undefined;
    keepsLocation?: boolean | undefined;
    active?: boolean | undefined;
  };
}

/**
 * Staff correct a patient's record, or switch it off: then nobody books for them and their login ends, while
 * appointments they have stay for the clinic to attend to. Refused when somebody was faster, the record was merged
 * into another, or the clinic writes in no such language.
 */
export function changePatient(
  db: Database,
  act: Act,
  { patientId, versions, changes }: ChangePatientInput,
): Promise<Outcome<PatientRow, RecordRefusal>> {
  const { set, differs } = assignments({
    number: [changes.number, "text"],
    name: [changes.name, "text"],
    date_of_birth: [changes.dateOfBirth, "date"],
    email: [changes.email, "text"],
    phone: [changes.phone, "text"],
    language: [changes.language, "text"],
    reminders: [changes.reminders, "boolean"],
    keeps_location: [changes.keepsLocation, "boolean"],
    active: [changes.active, "boolean"],
  });
  return runVerb<PatientRow, RecordRefusal>(db, act, {
    audit: { action: "patient.change", entity: "patient" },
    tell: null,
    refusal: sql`(select refusal from verdict)`,
    steps: sql`${currentCte(PATIENT, patientId)},
      patient as materialized (select * from current),
      verdict as materialized (
        select case ${versionCase(versions)}
          when t.merged_into is not null then jsonb_build_object('code', 'wrong-state', 'current', 'merged')
          ${changes.dateOfBirth === undefined ? sql`` : notBornCase(changes.dateOfBirth)}
          ${changes.language === undefined ? sql`` : languageCase(changes.language)} end as refusal,
          ${differs} as differs
        from current t),
      ${alteredCtes(PATIENT, set)},
      ${loginCte}`,
  });
}
