import type { Database } from "../client.ts";
import { type CallerRef, read } from "../call.ts";
import type { Columns } from "../rows.ts";
import type { doctors } from "../schema/people.ts";

/** A doctor's record as staff see it. */
export interface DoctorRecordRow extends Columns<
  typeof doctors,
  "id" | "name" | "specialty" | "active" | "leavesOn" | "version"
> {
  /** Minutes; null where the policy's slot length holds. */
  ownSlotMinutes: (typeof doctors.$inferSelect)["slotMinutes"];
  /** The slot length in use, minutes. */
  slotMinutes: number;
  locationIds: string[];
  hasLogin: boolean;
}

/** One doctor's record: find_doctor.sql. */
export function findDoctor(db: Database, caller: CallerRef, id: string) {
  return read<DoctorRecordRow>(db, caller, "find_doctor", { doctor: id });
}
