import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { ctes } from "../fragments.ts";
import { doctorAudit } from "../queries/doctors.ts";

/**
 * Switches off the records of doctors whose day of leaving has come, by the clinic's calendar, and ends their logins;
 * answers how many. Whoever still has an appointment to come, let into a closed slot by hand, stays until it is over.
 */
export async function retireDoctors(db: Database, requestId: string): Promise<number> {
  const rows = await db.rows<{ id: string }>(
    sql`${ctes([
      sql`due as materialized (
      select d.* from doctors d
      where d.active and d.leaves_on <= (clock_timestamp() at time zone (select time_zone from clinic))::date
        and not exists (
          select from appointments a where a.doctor_id = d.id and a.slot_id is not null and a.ends_at > clock_timestamp())
      order by d.id for no key update),
      gone as (
        update doctors d set active = false, changed_by = null, updated_at = clock_timestamp(), version = d.version + 1
        from due where d.id = due.id returning d.*),
      logins as (update people p set active = false, session_version = p.session_version + 1 from gone g where p.id = g.person_id)`,
      sql`recorded as (
      insert into audit (actor_id, action, entity, entity_id, before, after, request_id)
      select null, 'doctor.change', 'doctor', g.id, ${doctorAudit(sql`due`)}, ${doctorAudit(sql`g`)}, ${requestId}
      from gone g join due on due.id = g.id)`,
    ])} select id from gone`,
  );
  return rows.length;
}
