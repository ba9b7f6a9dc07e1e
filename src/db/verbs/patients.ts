import type { INACTIVE_REASONS } from "#domain/closed-lists.ts";
import { type Act, type Outcome, call } from "../call.ts";
import type { Database } from "../client.ts";
import type { NewPatientRow, PatientRecordRow, PatientRow } from "../queries/patients.ts";
import type { PreferencesRow } from "../queries/preferences.ts";
import { columnsOf } from "./columns.ts";
import type { LoginOf, RecordRefusal } from "./record-refusal.ts";

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

export interface ChangePatientInput {
  patientId: string;
  /** The versions (ETags) that the caller accepts, usually one. */
  versions: number[];
  /** Named members are set, null empties; the others stay. */
  changes: {
    number?: string | undefined;
    name?: string | undefined;
    dateOfBirth?: string | undefined;
    email?: string | null | undefined;
    phone?: string | null | undefined;
    language?: string | undefined;
    reminders?: boolean | undefined;
    keepsLocation?: boolean | undefined;
    loginBlocked?: boolean | undefined;
    active?: boolean | undefined;
    inactiveBecause?: (typeof INACTIVE_REASONS)[number] | undefined;
  };
  /** Cancels the appointments still booked for a record that is, or is being, switched off. */
  cancels?: boolean;
}

export interface ChangePreferencesInput {
  /** The versions (ETags) that the caller accepts, usually one. */
  versions: number[];
  /** Named members are set; the others stay. */
  changes: { language?: string | undefined; reminders?: boolean | undefined };
}

/** Staff open a record for a patient: create_patient.sql. */
export function createPatient(
  db: Database,
  act: Act,
  input: CreatePatientInput,
): Promise<Outcome<NewPatientRow, RecordRefusal>> {
  return call(db, act, "create_patient", { details: columnsOf(input) });
}

/** Staff correct a patient's record, or switch it off: change_patient.sql. */
export function changePatient(
  db: Database,
  act: Act,
  { patientId, versions, changes, cancels = false }: ChangePatientInput,
): Promise<Outcome<PatientRecordRow, RecordRefusal>> {
  return call(db, act, "change_patient", { patient: patientId, versions, changes: columnsOf(changes), cancels });
}

/** A patient decides about their own mails: change_preferences.sql. */
export function changePreferences(
  db: Database,
  act: Act,
  { versions, changes }: ChangePreferencesInput,
): Promise<Outcome<PreferencesRow, RecordRefusal>> {
  return call(db, act, "change_preferences", { versions, changes: columnsOf(changes) });
}

/** A patient's login ends, and can be linked again unless `block` is true: end_patient_login.sql. */
export function endPatientLogin(
  db: Database,
  act: Act,
  { id, versions, block }: LoginOf & { block: boolean },
): Promise<Outcome<PatientRow, RecordRefusal>> {
  return call(db, act, "end_patient_login", { patient: id, versions, block });
}
