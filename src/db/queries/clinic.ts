import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import type { CallerRef } from "../call.ts";
import { actorCte, ctes } from "../fragments.ts";

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
    select jsonb_build_object('name', c.name, 'phone', c.phone, 'timeZone', c.time_zone, 'locales', p.locales,
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
  active: boolean;
}

/**
 * Doctors by name, all or of one specialty, and the specialties of those who are active. Anybody may ask for the active
 * ones; for the others somebody whom the database must know (`known`).
 */
export async function listDoctors(
  db: Database,
  {
    specialty,
    ...whose
  }: { specialty: string | undefined } & ({ status: "inactive" | "all"; caller: CallerRef } | object),
) {
  const [actor, chosen] =
    "caller" in whose
      ? [actorCte(whose.caller), whose.status === "all" ? sql`true` : sql`not d.active`]
      : [sql`actor as (select true)`, sql`d.active`];
  const [row] = await db.rows<{ known: boolean; items: DoctorRow[]; specialties: string[] }>(sql`${ctes([actor])}
    select exists (select from actor) as known,
      coalesce((select jsonb_agg(jsonb_build_object('id', d.id, 'name', d.name, 'specialty', d.specialty,
        'slotMinutes', coalesce(d.slot_minutes, (select slot_minutes from policy)), 'active', d.active,
        'locationIds', (select coalesce(jsonb_agg(distinct s.location_id), '[]') from schedules s where s.doctor_id = d.id))
        order by d.name, d.id) from doctors d
        where exists (select from actor) and ${chosen}
          and (${specialty ?? null}::text is null or d.specialty = ${specialty ?? null})), '[]') as items,
      coalesce((select jsonb_agg(distinct d.specialty) from doctors d where d.active), '[]') as specialties`);
  return { known: row?.known ?? false, items: row?.items ?? [], specialties: row?.specialties ?? [] };
}

/** Answers if the database does. */
export async function ping(db: Database): Promise<void> {
  await db.rows(sql`select 1`);
}
