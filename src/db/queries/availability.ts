import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import type { CallerRef } from "../call.ts";
import {
  type SlotRow,
  ctes,
  firstSlots,
  floorCte,
  isBeyondFloor,
  isDoctorWanted,
  isFree,
  slotJson,
} from "../fragments.ts";

export type EmptyDayReason = "holiday" | "absent" | "full" | "not-released" | "past";

export interface AvailabilityRow {
  /** The dates looked at, after defaults and bounds. */
  from: string;
  to: string;
  /** Free slots by clinic date, then start; one more than `limit` when there are more. */
  slots: (SlotRow & { date: string })[];
  /** Why each date of the window without a free slot is empty. */
  empty: { date: string; reason: EmptyDayReason | null }[];
  next: (SlotRow & { date: string }) | null;
}

export interface AvailabilityFilter {
  doctorId?: string | undefined;
  specialty?: string | undefined;
  /** Clinic dates, both included; defaults: today, and six days after `from`. At most 31 days are looked at. */
  from?: string | undefined;
  to?: string | undefined;
  after?: { date: string; startsAt: number; id: string } | undefined;
  limit: number;
}

/** Longest window of one answer, days (api.md). */
export const AVAILABILITY_DAYS = 31;

/**
 * Free slots in a window of clinic dates, with the reason for each empty day and the next free slot, in one statement.
 * It offers exactly what a hold would take (`isFree` is shared); with a caller, their own hold counts as free.
 */
export async function readAvailability(db: Database, caller: CallerRef | null, filter: AvailabilityFilter) {
  const holder = caller
    ? sql`(select t.id from patients t join people p on p.id = t.person_id
        where p.subject = ${caller.subject} and p.active and t.active)`
    : null;
  const staff = caller?.role === "staff";
  const now = sql`(select now from moment)`;
  const wanted = filter.doctorId ? isDoctorWanted(sql`s`, { doctorId: filter.doctorId }) : sql`true`;
  const free = sql`${isFree(sql`s`, { now, holder, staff })} and ${wanted}`;
  const position = filter.after
    ? sql`s.clinic_date >= (select from_date from days) and (s.clinic_date, s.starts_at, s.id) >
        (${filter.after.date}::date, to_timestamp(${filter.after.startsAt}::float8 / 1000), ${filter.after.id}::uuid)`
    : isBeyondFloor(sql`s`);
  const order = sql`s.clinic_date, s.starts_at, s.id`;
  const specialty = filter.specialty ? sql`${filter.specialty}` : null;
  const dated = sql`${slotJson(sql`s`)} || jsonb_build_object('date', s.clinic_date)`;

  const [row] = await db.rows<{ answer: AvailabilityRow }>(sql`${ctes([
    // At a location further west the day before the clinic's may not be over.
    sql`moment as materialized (
      select x.now, (x.now at time zone c.time_zone)::date as today,
        (select min((x.now at time zone l.time_zone)::date) from locations l) as earliest
      from clinic c, (select now()) x)`,
    sql`days as materialized (
      select f as from_date, least(coalesce(${filter.to ?? null}::date, f + 6), f + ${AVAILABILITY_DAYS - 1}::int) as to_date
      from (select coalesce(${filter.from ?? null}::date, (select least(today, earliest) from moment)) as f) x)`,
    floorCte({ now, staff, from: sql`(select from_date from days)` }),
    sql`page as materialized (
      select s.* from ${firstSlots({
        fit: sql`${free} and ${position} and s.clinic_date <= (select to_date from days)`,
        order,
        limit: filter.limit + 1,
        specialty,
      })} s)`,
    // Of a page that is cut, nothing is said about the days from the cut on.
    sql`empty as (
      select d::date as date from days, generate_series(from_date, to_date, interval '1 day') d
      where not exists (select from page g where g.clinic_date = d::date)
        and d::date < coalesce((select max(clinic_date) from page having count(*) > ${filter.limit}), 'infinity'))`,
    sql`following as materialized (
      select s.* from ${firstSlots({ fit: sql`${free} and ${isBeyondFloor(sql`s`)}`, order, limit: 1, specialty })} s)`,
  ])} select jsonb_build_object(
      'from', (select from_date from days), 'to', (select to_date from days),
      'slots', coalesce((select jsonb_agg(${dated} order by s.clinic_date, s.starts_at, s.id) from page s), '[]'),
      'empty', coalesce((select jsonb_agg(jsonb_build_object('date', e.date, 'reason', ${emptyReason(filter)})
        order by e.date) from empty e), '[]'),
      'next', (select ${dated} from following s)) as answer`);
  if (!row) throw new Error("availability answered no row");
  return row.answer;
}

/**
 * Why there is no free slot on `e.date`, looking at the day's slots whatever their state, then at the calendar. The first
 * row answers each question; the limit also keeps the planner from answering it for all days there ever were.
 */
function emptyReason(filter: AvailabilityFilter): SQL {
  const onDay = (rest: SQL) => sql`(
    select true from slots s where s.clinic_date = e.date and ${isDoctorWanted(sql`s`, filter)} and ${rest} limit 1)`;
  return sql`case
    when ${onDay(sql`s.closed_by is null and s.starts_at > (select now from moment)
      + make_interval(mins => (select min_notice_minutes from policy))`)} then 'full'
    when e.date < (select today from moment) then 'past'
    when ${onDay(sql`s.closed_by is null`)} then 'past'
    when ${onDay(sql`s.closed_by = 'holiday'`)} then 'holiday'
    when ${onDay(sql`s.closed_by = 'absence'`)} then 'absent'
    when ${onDay(sql`s.closed_by = 'staff'`)} then 'full'
    when exists (
      select from holidays h where h.date = e.date and h.location_id in (
        select s.location_id from schedules s where ${isDoctorWanted(sql`s`, filter)})) then 'holiday'
    when e.date >= (select today from moment) + (select horizon_days from policy) then 'not-released' end`;
}
