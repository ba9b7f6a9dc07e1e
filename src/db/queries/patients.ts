import type { Database } from "../client.ts";
import { type CallerRef, read } from "../call.ts";
import type { Columns } from "../rows.ts";
import type { suppressions } from "../schema/messages.ts";
import type { patients } from "../schema/people.ts";
import type { AppointmentRow } from "./appointments.ts";
import type { AuditRow } from "./audit.ts";
import type { DeliveryRow } from "./deliveries.ts";

/** A patient's record as staff see it. Dates are `YYYY-MM-DD`, the phone number is as it was typed. */
export interface PatientRow extends Columns<
  typeof patients,
  | "id"
  | "number"
  | "name"
  | "dateOfBirth"
  | "email"
  | "phone"
  | "language"
  | "reminders"
  | "keepsLocation"
  | "active"
  | "inactiveBecause"
  | "loginBlocked"
  | "mergedInto"
  | "version"
> {
  /** Why no mail goes to this address any more. */
  mailStopped: (typeof suppressions.$inferSelect)["reason"] | null;
  hasLogin: boolean;
  /** The values that tell who it is were erased. */
  erased: boolean;
  /** In E.164; null without a number. */
  phoneE164: string | null;
}

/** A record that may be of the same person as another: `same` says in what. Dates are `YYYY-MM-DD`. */
export interface PossibleDuplicate extends Pick<PatientRow, "id" | "number" | "name" | "dateOfBirth" | "active"> {
  same: ("name" | "dateOfBirth" | "email" | "phone")[];
}

/** A new record, and those that may be of the same person. */
export interface NewPatientRow extends PatientRow {
  possibleDuplicates: PossibleDuplicate[];
}

/** A record that staff look at alone. `stillBooked`: appointments still to take place if it is switched off, otherwise null. */
export interface PatientRecordRow extends PatientRow {
  stillBooked: AppointmentRow[] | null;
}

/** One record, and that it was read: find_patient.sql. */
export function findPatient(db: Database, caller: CallerRef, id: string, requestId: string) {
  return read<PatientRecordRow>(db, caller, "find_patient", { patient: id }, requestId);
}

/** All that the clinic has about a patient. Instants are epoch milliseconds, `zone` is the clinic's. */
export interface PatientExportRow {
  at: number;
  clinic: { name: string; phone: string; zone: string };
  patient: PatientRow;
  /** The identity provider's `sub` of the patient's login. */
  login: string | null;
  /** Records that were merged into this one. */
  merged: PatientRow[];
  doctors: { id: string; name: string; specialty: string }[];
  locations: { id: string; name: string; address: string }[];
  appointments: AppointmentRow[];
  messages: DeliveryRow[];
  history: AuditRow[];
}

/** All that the clinic has about a patient, for an administrator, and that it was read: export_patient.sql. */
export function exportPatient(db: Database, caller: CallerRef, id: string, requestId: string) {
  return read<PatientExportRow>(db, caller, "export_patient", { patient: id }, requestId);
}

export interface PatientsFilter {
  /** Words of a name, each once begun or misspelt. */
  words: string[];
  dateOfBirth: string | null;
  /** The beginning of the number, capitals and digits only. */
  number: string | null;
  after: { rank: number; id: string } | undefined;
  limit: number;
}

/** A patient found by a search. */
export interface FoundPatient extends PatientRow {
  /** How many letters the words asked for are away from the name; 0 where they begin its words. */
  rank: number;
}

/**
 * A page of patients, one more than `limit` to show that there is more: search_patients.sql. Null: no such caller. Which
 * patients staff were shown is recorded.
 */
export async function searchPatients(
  db: Database,
  caller: CallerRef,
  { words, dateOfBirth, number, after, limit }: PatientsFilter,
  requestId: string,
): Promise<FoundPatient[] | null> {
  const args = {
    asked: words,
    born: dateOfBirth,
    number_begins: number,
    after_rank: after?.rank ?? null,
    after_id: after?.id ?? null,
    batch: limit + 1,
  };
  return (await read<FoundPatient[]>(db, caller, "search_patients", args, requestId)).item;
}
