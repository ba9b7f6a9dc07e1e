import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import type { CallerRef } from "../call.ts";
import { actorCte, ctes } from "../fragments.ts";

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

/** One doctor's record. `known` false: no such caller; `item` null: no such doctor. */
export async function findDoctor(db: Database, caller: CallerRef, id: string) {
  const [row] = await db.rows<{ known: boolean; item: DoctorRecordRow | null }>(sql`${ctes([actorCte(caller)])}
    select exists (select from actor) as known,
      (select ${doctorRecordJson(sql`d`)} from doctors d
       where d.id = ${id}::uuid and exists (select from actor)) as item`);
  return { known: row?.known ?? false, item: row?.item ?? null };
}
