import { type SQL, sql } from "drizzle-orm";
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

/** A doctor `d` as jsonb, for `DoctorRecordRow`. */
export function doctorRecordJson(d: SQL): SQL {
  return sql`jsonb_build_object('id', ${d}.id, 'name', ${d}.name, 'specialty', ${d}.specialty,
    'ownSlotMinutes', ${d}.slot_minutes, 'slotMinutes', coalesce(${d}.slot_minutes, (select slot_minutes from policy)),
    'locationIds', (
      select coalesce(jsonb_agg(distinct s.location_id), '[]') from schedules s where s.doctor_id = ${d}.id),
    'active', ${d}.active, 'leavesOn', ${d}.leaves_on, 'hasLogin', ${d}.person_id is not null, 'version', ${d}.version)`;
}

/** What the audit trail keeps of a doctor. */
export function doctorAudit(d: SQL): SQL {
  return sql`jsonb_build_object('name', ${d}.name, 'specialty', ${d}.specialty, 'slotMinutes', ${d}.slot_minutes,
    'active', ${d}.active, 'leavesOn', ${d}.leaves_on, 'version', ${d}.version)`;
}

/** One doctor's record: find_doctor.sql. */
export function findDoctor(db: Database, caller: CallerRef, id: string) {
  return read<DoctorRecordRow>(db, caller, "find_doctor", { doctor: id });
}
