import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";

export interface ClinicRow {
  name: string;
  phone: string;
  timeZone: string;
  locales: string[];
  holdSeconds: number;
  freezeHours: number;
  locations: { id: string; name: string; address: string; timeZone: string }[];
}

/** The clinic, its locations in their order, and the policy numbers the apps show. */
export async function readClinic(db: Database): Promise<ClinicRow> {
  const [row] = await db.rows<{ clinic: ClinicRow }>(sql`
    select jsonb_build_object('name', c.name, 'phone', c.phone, 'timeZone', c.time_zone, 'locales', c.locales,
      'holdSeconds', p.hold_seconds, 'freezeHours', p.freeze_hours,
      'locations', (select jsonb_agg(jsonb_build_object('id', l.id, 'name', l.name, 'address', l.address,
        'timeZone', l.time_zone) order by l.position, l.name) from locations l)) as clinic
    from clinic c, policy p`);
  if (!row) throw new Error("the clinic and its policy are not set up");
  return row.clinic;
}

export interface DoctorRow {
  id: string;
  name: string;
  specialty: string;
  slotMinutes: number;
  locationIds: string[];
}

/** Active doctors by name, all or of one specialty, and all specialties. */
export async function listDoctors(db: Database, specialty: string | undefined) {
  const [row] = await db.rows<{ items: DoctorRow[]; specialties: string[] }>(sql`
    select
      coalesce((select jsonb_agg(jsonb_build_object('id', d.id, 'name', d.name, 'specialty', d.specialty,
        'slotMinutes', coalesce(d.slot_minutes, (select slot_minutes from policy)),
        'locationIds', (select coalesce(jsonb_agg(distinct s.location_id), '[]') from schedules s where s.doctor_id = d.id))
        order by d.name, d.id) from doctors d
        where d.active and (${specialty ?? null}::text is null or d.specialty = ${specialty ?? null})), '[]') as items,
      coalesce((select jsonb_agg(distinct d.specialty) from doctors d where d.active), '[]') as specialties`);
  return { items: row?.items ?? [], specialties: row?.specialties ?? [] };
}

/** Answers if the database does. */
export async function ping(db: Database): Promise<void> {
  await db.rows(sql`select 1`);
}
