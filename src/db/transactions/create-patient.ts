import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { type PatientRow, patientJson } from "../queries/patients.ts";
import type { Act, Outcome } from "../call.ts";
import { runVerb } from "../verb.ts";
import { type RecordRefusal, languageCase, notBornCase } from "./record.ts";

export interface CreatePatientInput {
  /** The clinic's own; the next one when null. */
  number: string | null;
  name: string;
  /** Calendar date `YYYY-MM-DD`. */
  dateOfBirth: string;
  email: string | null;
  phone: string | null;
  /** One of the clinic's locales; its first when null. */
  language: string | null;
}

/** The guard that says a number is somebody else's. */
export const NUMBER_TAKEN = "patients_number_unique";

/**
 * Staff open a record for a patient. Refused when the number is taken, they have not been
 * born yet, or the clinic writes in no such language.
 */
export function createPatient(
  db: Database,
  act: Act,
  input: CreatePatientInput,
): Promise<Outcome<PatientRow, RecordRefusal>> {
  const { number, name, dateOfBirth, email, phone, language } = input;
  return runVerb<PatientRow, RecordRefusal>(db, act, {
    audit: { action: "patient.create", entity: "patient" },
    tell: null,
    refusal: sql`(select refusal from verdict)`,
    steps: sql`patient as (select null where false),
      verdict as materialized (select case ${notBornCase(dateOfBirth)}
        ${language === null ? sql`` : languageCase(language)} end as refusal from go),
      created as (
        insert into patients (number, name, date_of_birth, email, phone, language, changed_by)
        select coalesce(${number}::text, 'P-' || nextval('patient_numbers')), ${name}, ${dateOfBirth}::date, ${email}, ${phone},
          coalesce(${language}::text, (select locales[1] from policy)), go.actor_id
        from go, verdict v where v.refusal is null
        returning *),
      change as materialized (
        select c.id as entity_id, c.id as patient_id, null::jsonb as before, ${patientJson(sql`c`)} as after,
          ${patientJson(sql`c`)} as result, true as changed
        from created c)`,
  });
}
