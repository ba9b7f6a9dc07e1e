import { type Act, type Outcome, call } from "../call.ts";
import type { Database } from "../client.ts";
import type { PatientRow } from "../queries/patients.ts";
import type { AdministrationRefusal, LoginOf } from "./record-refusal.ts";

/** Why a patient is not erased. Instants are epoch milliseconds. */
export type EraseRefusal =
  | AdministrationRefusal
  | { code: "not-found" }
  | { code: "version-conflict"; changedBy: string | null; changedAt: number; zone: string }
  /** Not switched off, still booked, still to be notified, merged into another record, or erased already. */
  | { code: "wrong-state"; current: "active" | "booked" | "notifying" | "merged" | "erased" };

/** An administrator erases a patient: erase_patient.sql. Answers the record as it is then. */
export function erasePatient(
  db: Database,
  act: Act,
  { id, versions }: LoginOf,
): Promise<Outcome<PatientRow, EraseRefusal>> {
  return call(db, act, "erase_patient", { patient: id, versions });
}
