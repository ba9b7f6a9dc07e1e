-- The input of the solver of reassignments (src/domain/reassignment/model.ts). Days count from 1970-01-01.

create function day_number(wall date) returns int language sql immutable
return wall - date '1970-01-01';

create function date_of_day(day int) returns date language sql immutable
return date '1970-01-01' + day;

-- The minute of the day of a wall-clock reading.
create function minute_of_day(wall timestamp) returns int language sql immutable
return (extract(hour from wall) * 60 + extract(minute from wall))::int;

-- A slot as a `CandidateSlot`, of a doctor of that specialty at a location in that zone.
create function candidate_json(s slots, specialty text, zone text) returns jsonb language sql stable
return jsonb_build_object('slotId', s.id, 'doctorId', s.doctor_id, 'specialty', specialty, 'locationId', s.location_id,
  'startsAt', ms(s.starts_at), 'endsAt', ms(s.ends_at), 'day', day_number(s.clinic_date),
  'minute', minute_of_day(s.starts_at at time zone zone));

-- The free slots of the specialties' active doctors between two clinic dates, both included, in no order. One index scan for
-- each doctor. The solver decides which of them an appointment may get.
create function candidate_slots(r free_rules, specialties text[], first_date date, last_date date) returns setof slots
language plpgsql stable as $$
begin
  return query select s.* from doctors d cross join lateral (
      select x.* from slots x
      where x.doctor_id = d.id and x.clinic_date between first_date and last_date and is_free(x, r)) s
    where d.active and d.specialty = any(specialties);
end $$;

-- Appointments as `DisplacedAppointment`s, in no order: the place of each, and the times of its patient's other open
-- appointments. `except_ids`: appointments that are displaced as well, and keep no patient busy.
create function displaced_appointments(appointment_ids uuid[], except_ids uuid[] default '{}') returns setof jsonb
language plpgsql stable as $$
declare at timestamptz := clock_timestamp();
begin
  return query select jsonb_build_object('appointmentId', a.id, 'patientId', a.patient_id,
      'patientInactive', not t.active, 'doctorId', a.doctor_id,
      'specialty', d.specialty, 'locationId', a.location_id, 'keepsLocation', t.keeps_location,
      'startsAt', ms(a.starts_at), 'endsAt', ms(a.ends_at),
      'day', day_number((a.starts_at at time zone l.time_zone)::date),
      'minute', minute_of_day(a.starts_at at time zone l.time_zone),
      'busy', (
        select coalesce(jsonb_agg(jsonb_build_object('startsAt', ms(o.starts_at), 'endsAt', ms(o.ends_at))
          order by o.starts_at, o.id), '[]')
        from appointments o where o.patient_id = a.patient_id and o.slot_id is not null and o.id <> a.id
          -- No slot is longer than a day, and starts have an index.
          and o.starts_at > at - interval '1 day' and o.ends_at > at and o.id <> all(except_ids)))
    from appointments a join doctors d on d.id = a.doctor_id join patients t on t.id = a.patient_id
      join locations l on l.id = a.location_id
    where a.id = any(appointment_ids);
end $$;

-- The policy's settings of reassignment: `ReassignmentRules`. The last date that can be booked is the clinic's.
create function reassignment_rules(at timestamptz) returns jsonb language plpgsql stable as $$
declare p policy;
begin
  select * into p from policy;
  return jsonb_build_object(
    'weights', jsonb_build_object('dayPoints', p.reassign_day_points, 'hourPoints', p.reassign_hour_points,
      'earlierPoints', p.reassign_earlier_points, 'doctorPoints', p.reassign_doctor_points,
      'locationPoints', p.reassign_location_points),
    'limits', jsonb_build_object('now', ms(at), 'freezeHours', p.freeze_hours,
      'minNoticeMinutes', p.min_notice_minutes, 'reassignDays', p.reassign_days,
      'lastDay', day_number((at at time zone (select c.time_zone from clinic c))::date) + p.horizon_days - 1));
end $$;
