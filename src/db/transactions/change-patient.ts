import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { type PatientRow, patientJson } from "../queries/patients.ts";
import { type Act, type Outcome, runVerb } from "../verb.ts";
import { type RecordRefusal, assignments, languageCase, loginCte, notBornCase, versionCase } from "./record.ts";

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
 * into another, or the clinic writes in no such language. What is so already is answered, and neither counted as a change nor audited.
 */
export function changePatient(
  db: Database,
  act: Act,
  { patientId, versions, changes }: ChangePatientInput,
): Promise<Outcome<PatientRow, RecordRefusal>> {
  const text = (value: string | null | undefined) => (value === undefined ? undefined : { value, type: "text" });
  const flag = (value: boolean | undefined) => (value === undefined ? undefined : { value, type: "boolean" });
  const { set, differs } = assignments({
    number: text(changes.number),
    name: text(changes.name),
    date_of_birth: changes.dateOfBirth === undefined ? undefined : { value: changes.dateOfBirth, type: "date" },
    email: text(changes.email),
    phone: text(changes.phone),
    language: text(changes.language),
    reminders: flag(changes.reminders),
    keeps_location: flag(changes.keepsLocation),
    active: flag(changes.active),
  });
  return runVerb<PatientRow, RecordRefusal>(db, act, {
    audit: { action: "patient.change", entity: "patient" },
    tell: null,
    refusal: sql`(select refusal from verdict)`,
    steps: sql`patient as materialized (
        select t.* from patients t where exists (select from go) and t.id = ${patientId}::uuid for no key update),
      current as materialized (select * from patient),
      verdict as materialized (
        select case ${versionCase(versions)}
          when t.merged_into is not null then jsonb_build_object('code', 'wrong-state', 'current', 'merged')
          ${changes.dateOfBirth === undefined ? sql`` : notBornCase(changes.dateOfBirth)}
          ${changes.language === undefined ? sql`` : languageCase(changes.language)} end as refusal,
          ${differs} as differs
        from current t),
      altered as (
        update patients t set ${set}, changed_by = (select actor_id from go), updated_at = clock_timestamp(),
          version = t.version + 1
        from verdict v where t.id = (select id from current) and v.refusal is null and v.differs
        returning t.*),
      ${loginCte},
      change as materialized (
        select a.id as entity_id, a.id as subject_id, ${patientJson(sql`c`)} as before, ${patientJson(sql`a`)} as after,
          ${patientJson(sql`a`)} as result, true as changed
        from altered a, current c
        union all
        select c.id, c.id, null, null, ${patientJson(sql`c`)}, false
        from current c, verdict v where v.refusal is null and not v.differs)`,
  });
}
