import { type SQL, sql } from "drizzle-orm";
import type { Limits, Weights } from "#domain/reassignment/model.ts";
import { isFree, ms } from "../fragments.ts";

/** Days since 1970-01-01 of a date. */
export const dayOf = (date: SQL): SQL => sql`(${date} - date '1970-01-01')`;

/** The minute of day of a wall-clock reading. */
export const minuteOf = (wall: SQL): SQL => sql`(extract(hour from ${wall}) * 60 + extract(minute from ${wall}))::int`;

/** The columns of a `CandidateSlot`, of slot `s`, its doctor `d` and its location `l`. */
export const candidateColumns = sql`s.id as "slotId", s.doctor_id as "doctorId", d.specialty,
  s.location_id as "locationId", ${ms(sql`s.starts_at`)}::float8 as "startsAt", ${ms(sql`s.ends_at`)}::float8 as "endsAt",
  ${dayOf(sql`s.clinic_date`)} as day, ${minuteOf(sql`(s.starts_at at time zone l.time_zone)`)} as minute`;

export interface CandidatesWanted {
  now: SQL;
  /** Whose slots: an expression of text[], and of uuid[] for doctors whose specialty is another by now. */
  specialties: SQL;
  doctorIds?: SQL;
  /** Clinic dates, expressions of date, both included. */
  from: SQL;
  to: SQL;
  /** What staff may fill: also late openings, times within the minimum notice, and those kept for the placement queue. */
  staff: boolean;
  /** A further condition on slot `s`, and further columns of it. */
  fit?: SQL;
  columns?: SQL;
}

/**
 * A query of free slots as rows of `CandidateSlot` (domain/reassignment/model.ts): instants as epoch milliseconds, `day`
 * and `minute` on the wall at the slot's location. In no order; one index scan for each doctor. It says what may be
 * taken as far as the slots go: the solver's limits say what an appointment may have.
 */
export function candidateSlots(wanted: CandidatesWanted): SQL {
  const { now, specialties, doctorIds, from, to, staff, fit, columns } = wanted;
  const ofSpecialty = sql`d.specialty = any(${specialties})`;
  const doctors = doctorIds ? sql`(${ofSpecialty} or d.id = any(${doctorIds}))` : ofSpecialty;
  return sql`
    select ${candidateColumns}
      ${columns ? sql`, ${columns}` : sql``}
    from doctors d
      cross join lateral (
        select s.* from slots s
        where s.doctor_id = d.id and s.clinic_date between ${from} and ${to}
          and ${isFree(sql`s`, { now, holder: null, staff })} ${fit ? sql`and ${fit}` : sql``}) s
      join locations l on l.id = s.location_id
    where d.active and ${doctors}`;
}

/**
 * Appointment `a` as a jsonb `DisplacedAppointment` (domain/reassignment/model.ts): where it is, or was, and when its
 * patient is busy with others that are not over. `except` is a condition on those others `o` that are displaced as well.
 */
export function displacedJson(except?: SQL): SQL {
  const wall = sql`(a.starts_at at time zone (select l.time_zone from locations l where l.id = a.location_id))`;
  return sql`jsonb_build_object('appointmentId', a.id, 'patientId', a.patient_id, 'doctorId', a.doctor_id,
    'specialty', (select d.specialty from doctors d where d.id = a.doctor_id), 'locationId', a.location_id,
    'keepsLocation', (select t.keeps_location from patients t where t.id = a.patient_id),
    'startsAt', ${ms(sql`a.starts_at`)}, 'endsAt', ${ms(sql`a.ends_at`)},
    'day', ${dayOf(sql`${wall}::date`)}, 'minute', ${minuteOf(wall)},
    'busy', coalesce((
      select jsonb_agg(jsonb_build_object('startsAt', ${ms(sql`o.starts_at`)}, 'endsAt', ${ms(sql`o.ends_at`)})
        order by o.starts_at, o.id)
      from appointments o where o.patient_id = a.patient_id and o.slot_id is not null and o.id <> a.id
        -- No slot is longer than a day, and starts have an index.
        and o.starts_at > clock_timestamp() - interval '1 day' and o.ends_at > clock_timestamp()
        ${except ? sql`and not (${except})` : sql``}), '[]'))`;
}

/** What the policy says of reassignment, as the solver takes it. */
export interface ReassignmentRules {
  weights: Weights;
  limits: Limits;
}

/** `ReassignmentRules` as jsonb, with `now` as their clock; the last bookable date is the clinic's, as in availability. */
export function rulesJson(now: SQL): SQL {
  return sql`(
    select jsonb_build_object(
      'weights', jsonb_build_object('dayPoints', p.reassign_day_points, 'hourPoints', p.reassign_hour_points,
        'earlierPoints', p.reassign_earlier_points, 'doctorPoints', p.reassign_doctor_points,
        'locationPoints', p.reassign_location_points),
      'limits', jsonb_build_object('now', ${ms(now)}, 'freezeHours', p.freeze_hours,
        'minNoticeMinutes', p.min_notice_minutes, 'reassignDays', p.reassign_days,
        'lastDay', ${dayOf(sql`(${now} at time zone c.time_zone)::date`)} + p.horizon_days - 1))
    from policy p, clinic c)`;
}
