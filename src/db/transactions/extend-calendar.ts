import { sql } from "drizzle-orm";
import { planExtension } from "#domain/calendar/reexpand.ts";
import type { Database } from "../client.ts";
import { ctes } from "../fragments.ts";
import { lockCalendar, readCalendar } from "../queries/calendar.ts";
import { addedCte } from "./apply-slots.ts";

/** The next so many active doctors after an id, by id; all from the first when null. */
export async function nextDoctors(db: Database, after: string | null, limit: number): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(sql`
    select d.id from doctors d where d.active and (${after}::uuid is null or d.id > ${after}::uuid)
    order by d.id limit ${limit}`);
  return rows.map(({ id }) => id);
}

/**
 * Adds the slots that some doctors' schedules want until the end of the horizon and that are not there; answers how
 * many. What is there stays as it is, so this displaces nobody, and doing it again, or twice at once, adds nothing.
 */
export function extendCalendar(db: Database, doctorIds: readonly string[], requestId: string): Promise<number> {
  const mine = sql`any(${`{${doctorIds.join(",")}}`}::uuid[])`;
  const scope = { doctors: sql`d.id = ${mine}`, slots: sql`s.doctor_id = ${mine}` };
  return db.transaction(async (tx) => {
    await lockCalendar(tx, scope, "doctors");
    const calendar = await readCalendar(tx, scope);
    const add = [...calendar.doctors.values()].flatMap((doctor) => {
      const own = calendar.slots.filter(({ doctorId }) => doctorId === doctor.id);
      return planExtension(calendar, doctor, own);
    });
    if (add.length === 0) return 0;
    await tx.rows(
      sql`${ctes([
        addedCte(add),
        sql`recorded as (
        insert into audit (actor_id, action, entity, entity_id, after, request_id)
        select null, 'schedule.extend', 'doctor', a.doctor_id,
          jsonb_build_object('added', count(*), 'from', min(a.clinic_date), 'through', max(a.clinic_date)), ${requestId}
        from added a group by a.doctor_id)`,
      ])} select count(*) from added`,
    );
    return add.length;
  });
}
