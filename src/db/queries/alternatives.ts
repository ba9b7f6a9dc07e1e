import { type SQL, sql } from "drizzle-orm";
import { isFree, slotJson } from "../fragments.ts";

/** So many are named: few enough to choose from at a glance. */
const ALTERNATIVES = 2;

/**
 * The best free slots that the patient of appointment `a` could take instead of what the clinic made of it, as a jsonb
 * array of at most two `SlotRow`s: of the doctor they had agreed to before others of the specialty, each nearest to the
 * time they had agreed to. All can be held by the patient and changed again later: beyond freeze and minimum notice, at
 * no time of another appointment of theirs, long enough, and no further off than the clinic would move it by itself.
 * `now` is the database's clock.
 */
export function alternatives(a: SQL, now: SQL): SQL {
  const free = isFree(sql`s`, { now, holder: sql`${a}.patient_id`, staff: false });
  const fits = sql`${free} and s.starts_at > o.thawed and s.ends_at - s.starts_at >= ${a}.ends_at - ${a}.starts_at
    and (o.location_id is null or s.location_id = o.location_id)
    and not exists (
      select from appointments x where x.patient_id = ${a}.patient_id and x.slot_id is not null and x.id <> ${a}.id
        and not x.overlap_allowed and x.starts_at < s.ends_at and x.ends_at > s.starts_at)`;
  // The pair is where an index scan begins; the dates end it.
  const side = {
    after: sql`(s.clinic_date, s.starts_at) >= (o.date, o.at) and s.clinic_date <= o.date + o.days`,
    before: sql`(s.clinic_date, s.starts_at) < (o.date, o.at) and s.clinic_date >= o.date - o.days`,
  };
  const order = {
    after: sql`s.clinic_date, s.starts_at, s.id`,
    before: sql`s.clinic_date desc, s.starts_at desc, s.id desc`,
  };
  const near = (way: "after" | "before", doctorId: SQL) => sql`(
    select s.* from slots s where s.doctor_id = ${doctorId} and ${side[way]} and ${fits}
    order by ${order[way]} limit ${ALTERNATIVES})`;
  const both = (doctorId: SQL) => sql`${near("after", doctorId)} union all ${near("before", doctorId)}`;
  return sql`(
    select coalesce(jsonb_agg(${slotJson(sql`n`)} order by n.rank, n.distance, n.starts_at, n.id), '[]')
    from (
      select c.*, abs(extract(epoch from c.starts_at - o.at)) as distance
      from (
        select w.doctor_id, w.at, (w.at at time zone l.time_zone)::date as date, p.reassign_days as days,
          ${now} + make_interval(hours => p.freeze_hours) as thawed,
          (select w.location_id from patients t where t.id = ${a}.patient_id and t.keeps_location) as location_id
        from policy p, (
          select coalesce((${a}.moved_from ->> 'doctorId')::uuid, ${a}.doctor_id) as doctor_id,
            coalesce((${a}.moved_from ->> 'locationId')::uuid, ${a}.location_id) as location_id,
            coalesce(to_timestamp((${a}.moved_from ->> 'startsAt')::float8 / 1000), ${a}.starts_at) as at) w
          join locations l on l.id = w.location_id) o
      cross join lateral (
        select 1 as rank, s.* from (${both(sql`o.doctor_id`)}) s
        union all
        select 2, s.* from doctors d cross join lateral (${both(sql`d.id`)}) s
        where d.id <> o.doctor_id and d.specialty = (select m.specialty from doctors m where m.id = o.doctor_id)) c
      order by c.rank, distance, c.starts_at, c.id limit ${ALTERNATIVES}) n)`;
}
