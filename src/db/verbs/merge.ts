import { type Act, type Outcome, call } from "../call.ts";
import type { Database } from "../client.ts";
import type { PatientRow } from "../queries/patients.ts";
import type { AdministrationRefusal } from "./record-refusal.ts";

export interface MergeInput {
  /** The record that goes, and the versions (ETags) of it that the caller accepts, usually one. */
  sourceId: string;
  versions: number[];
  /** The record that stays, and its version if the caller has read it. */
  targetId: string;
  targetVersion: number | null;
  /** For the audit trail. */
  reason: string | null;
}

/** Why two records are not merged; `patientId` is the record concerned. */
export type MergeRefusal =
  | AdministrationRefusal
  | { code: "not-found" | "no-such-survivor" | "same-record" }
  | { code: "version-conflict"; patientId: string; changedBy: string | null; changedAt: number; zone: string }
  | { code: "wrong-state"; patientId: string; current: "merged" | "erased" | "inactive" | "linked" }
  /** Both are booked at one time: the target's appointment, and the source's. */
  | { code: "overlaps-own-appointment"; appointmentId: string; otherAppointmentId: string };

/** An administrator makes one record of two that are of the same person: merge_patients.sql. Answers the target. */
export function mergePatients(db: Database, act: Act, input: MergeInput): Promise<Outcome<PatientRow, MergeRefusal>> {
  const { sourceId, versions, targetId, targetVersion, reason } = input;
  const args = { source: sourceId, versions, target: targetId, target_version: targetVersion, reason };
  return call(db, act, "merge_patients", args);
}
