import { type SQL, sql } from "drizzle-orm";
import type { StoredException } from "#domain/calendar/model.ts";
import type { Session } from "#domain/schedule/model.ts";
import type { Database } from "../client.ts";
import type { CallerRef } from "../call.ts";
import { actorCte, ctes } from "../fragments.ts";
import { holidayJson } from "../transactions/calendar-rows.ts";
import { exceptionJson, sessionsJson } from "./calendar.ts";

/** `known` false: no such caller; `item` null: not there, or not theirs. */
interface Found<Row> {
  known: boolean;
  item: Row | null;
}

export interface ScheduleRow {
  sessions: Session[];
  version: number;
}

/** A doctor's weekly schedule, for staff and for that doctor. */
export async function findSchedule(db: Database, caller: CallerRef, doctorId: string) {
  return (await one(
    db,
    caller,
    sql`
    select jsonb_build_object('version', d.schedule_version, 'sessions', ${sessionsJson})
    from doctors d where d.id = ${doctorId}::uuid and ${mine(caller)}`,
  )) as Found<ScheduleRow>;
}

/** A doctor's exceptions that are not over on a clinic date, today's when null, by date. */
export async function listExceptions(db: Database, caller: CallerRef, doctorId: string, from: string | null) {
  return (await one(
    db,
    caller,
    sql`
    select coalesce((select jsonb_agg(${exceptionJson} order by e.from_date, e.id) from exceptions e
      where e.doctor_id = d.id and e.to_date > coalesce(${from}::date, current_date)), '[]')
    from doctors d where d.id = ${doctorId}::uuid and ${mine(caller)}`,
  )) as Found<StoredException[]>;
}

export interface HolidayRow {
  id: string;
  locationId: string;
  date: string;
  name: string;
  source: string;
}

/** The holidays that are kept, by date, of one location and year or all. */
export async function listHolidays(
  db: Database,
  caller: CallerRef,
  filter: { locationId?: string | undefined; year?: number | undefined; id?: string },
) {
  const where = [sql`true`];
  if (filter.locationId) where.push(sql`h.location_id = ${filter.locationId}::uuid`);
  if (filter.id) where.push(sql`h.id = ${filter.id}::uuid`);
  if (filter.year)
    where.push(sql`h.date between make_date(${filter.year}::int, 1, 1) and make_date(${filter.year}::int, 12, 31)`);
  return (await one(
    db,
    caller,
    sql`
    select coalesce((select jsonb_agg(${holidayJson(sql`h`)} order by h.date, l.position, l.name)
      from holidays h join locations l on l.id = h.location_id where ${sql.join(where, sql` and `)}), '[]')`,
  )) as Found<HolidayRow[]>;
}

/** Staff see every doctor's, a doctor their own. */
function mine(caller: CallerRef): SQL {
  return caller.role === "staff" ? sql`true` : sql`d.person_id = (select id from actor)`;
}

async function one(db: Database, caller: CallerRef, item: SQL): Promise<{ known: boolean; item: unknown }> {
  const [row] = await db.rows<{ known: boolean; item: unknown }>(sql`${ctes([actorCte(caller)])}
    select exists (select from actor) as known, case when exists (select from actor) then (${item}) end as item`);
  return { known: row?.known ?? false, item: row?.item ?? null };
}
