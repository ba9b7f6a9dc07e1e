import type { Database } from "../client.ts";
import { type CallerRef, read } from "../call.ts";

/** A doctor's record as staff see it. */
export interface DoctorRecordRow {
  id: string;
  name: string;
  specialty: string;
  /** Minutes; null where the policy's slot length holds. */
  ownSlotMinutes: number | null;
  /** What holds, minutes. */
  slotMinutes: number;
  locationIds: string[];
  active: boolean;
  /** The first clinic date on which they no longer work here. */
  leavesOn: string | null;
  hasLogin: boolean;
  version: number;
}

/** One doctor's record: find_doctor.sql. */
export function findDoctor(db: Database, caller: CallerRef, id: string) {
  return read<DoctorRecordRow>(db, caller, "find_doctor", { doctor: id });
}
