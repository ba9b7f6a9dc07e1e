import { type SQL, sql } from "drizzle-orm";
import type { AppointmentState } from "#domain/lifecycle.ts";
import type { Database } from "../client.ts";
import type { CallerRef } from "../call.ts";
import { type SlotRow, actorCte, ctes, isFree, ms, slotJson } from "../fragments.ts";
import { listedCtes } from "../reads.ts";
import { couldTake } from "./candidates.ts";

/** Somebody who could take a late opening; instants are epoch milliseconds. */
export interface CandidateRow {
  reason: "to-place" | "moved-by-clinic" | "later-appointment";
  appointmentId: string;
  status: AppointmentState;
  patientId: string;
  patientName: string;
  phone: string | null;
  doctorId: string;
  startsAt: number;
  endsAt: number;
  zone: string;
  gainMinutes: number | null;
  version: number;
}

export interface LateOpeningRow {
  slot: SlotRow;
  date: string;
  doctorName: string;
  candidates: CandidateRow[];
}

export interface LateOpeningsFilter {
  doctorId?: string | undefined;
  after?: { date: string; startsAt: number; id: string } | undefined;
  limit: number;
}

/** So many are named for each opening: more than a person would call. */
const CANDIDATES = 5;

/**
 * Slots that came free within the freeze and are still free, soonest first (one more than `limit` when there are more),
 * each with who could take it. First those who wait for a time, of this doctor before others of the specialty, longest
 * waiting first; then those whom the clinic moved to a later time with this doctor; then those with a later appointment
 * outside the freeze, the furthest off first: they gain most, and the time they give up can still be booked by anybody.
 * Left out is whose appointment is longer than the slot, who is busy then, and who gave up this very slot themselves.
 * Null: no such caller. Which patients staff were shown is noted.
 */
export async function listLateOpenings(db: Database, caller: CallerRef, filter: LateOpeningsFilter, requestId: string) {
  const free = isFree(sql`s`, { now: sql`(select now from moment)`, holder: null, staff: true });
  const where = [sql`s.late_opening`, free];
  if (filter.doctorId) where.push(sql`s.doctor_id = ${filter.doctorId}::uuid`);
  if (filter.after) {
    const { date, startsAt, id } = filter.after;
    where.push(sql`(s.clinic_date, s.starts_at, s.id) >
      (${date}::date, to_timestamp(${startsAt}::float8 / 1000), ${id}::uuid)`);
  }
  const [row] = await db.rows<{ known: boolean; items: LateOpeningRow[] }>(
    sql`${ctes([
      actorCte(caller),
      sql`moment as materialized (
      select now(), now() + make_interval(hours => (select freeze_hours from policy)) as thawed)`,
      sql`page as materialized (
      select s.* from slots s
      where exists (select from actor) and ${sql.join(where, sql` and `)}
      order by s.clinic_date, s.starts_at, s.id limit ${filter.limit + 1})`,
      sql`openings as materialized (
      select coalesce(jsonb_agg(jsonb_build_object('slot', ${slotJson(sql`s`)}, 'date', s.clinic_date,
        'doctorName', d.name, 'candidates', (${candidates})) order by s.clinic_date, s.starts_at, s.id), '[]') as items
      from page s join doctors d on d.id = s.doctor_id)`,
      ...listedCtes({
        action: "late-openings.list",
        patients: sql`select jsonb_agg(distinct x order by x)
        from openings, jsonb_path_query(items, '$[*].candidates[*].patientId') x`,
        requestId,
      }),
    ])} select exists (select from actor) as known, (select items from openings) as items`,
  );
  return row?.known ? row.items : null;
}

const fits = couldTake(sql`a`, sql`s`);

/** They had slot `s` and left it: it would be odd to be offered it again. */
const gaveItUp = sql`(
  exists (select from audit u where u.entity_id = a.id and u.before ->> 'slotId' = s.id::text)
  or exists (select from appointments o where o.patient_id = a.patient_id and o.status = 'cancelled'
    and o.cancelled_by = 'patient' and o.doctor_id = s.doctor_id and o.starts_at = s.starts_at))`;

const later = (status: "booked" | "moved", rank: number): SQL => sql`(
  select ${rank}::int as rank, a.* from appointments a
  where a.doctor_id = s.doctor_id and a.status = ${sql.raw(`'${status}'`)}
    and a.starts_at > greatest(s.ends_at, (select thawed from moment)) and ${fits} and not ${gaveItUp}
  order by a.starts_at desc limit ${CANDIDATES})`;

const waiting = (whose: SQL, rank: number): SQL => sql`(
  select ${rank}::int as rank, a.* from appointments a
  where a.status = 'to-place' and ${whose} and ${fits}
  order by a.starts_at, a.id limit ${CANDIDATES})`;

/** A jsonb list of the candidates for slot `s` of doctor `d`: the best few, every patient once. */
const candidates = sql`
  select coalesce(jsonb_agg(jsonb_build_object(
      'version', a.version,
      'reason', case when a.rank <= 2 then 'to-place' when a.rank = 3 then 'moved-by-clinic' else 'later-appointment' end,
      'appointmentId', a.id, 'status', a.status, 'patientId', a.patient_id, 'patientName', t.name, 'phone', t.phone,
      'doctorId', a.doctor_id, 'startsAt', ${ms(sql`a.starts_at`)}, 'endsAt', ${ms(sql`a.ends_at`)},
      'zone', (select l.time_zone from locations l where l.id = a.location_id),
      'gainMinutes', case when a.rank > 2 then (extract(epoch from a.starts_at - s.starts_at) / 60)::int end)
    order by a.rank, a.place), '[]')
  from (
    select r.* from (
      select x.*, row_number() over (partition by x.patient_id order by x.rank, x.place) as turn
      from (
        select c.rank, row_number() over (partition by c.rank order by
            case when c.rank <= 2 then c.starts_at end, case when c.rank > 2 then c.starts_at end desc, c.id) as place,
          c.id, c.status, c.patient_id, c.doctor_id, c.location_id, c.starts_at, c.ends_at, c.version
        from (
          ${waiting(sql`a.doctor_id = s.doctor_id`, 1)}
          union all ${waiting(
            sql`a.doctor_id = any(array(select m.id from doctors m where m.specialty = d.specialty and m.id <> d.id))`,
            2,
          )}
          union all ${later("moved", 3)}
          union all ${later("booked", 4)}) c) x) r
    where r.turn = 1 order by r.rank, r.place limit ${CANDIDATES}) a
  join patients t on t.id = a.patient_id`;
