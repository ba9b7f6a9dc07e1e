-- The day at a glance. Staff see all doctors or one, at all locations or one. A doctor sees their own day: `TodayRow`. Today
-- is each location's own date. `week_count` whole weeks before this one, and this one, are counted as a series. The patients
-- who wait are named, so that is recorded. Null for a doctor's login without a doctor.
create function read_today(c caller, doctor uuid, wanted_location uuid, week_count int) returns jsonb
language plpgsql security definer set search_path from current set plan_cache_mode = force_custom_plan as $$
declare
  me people; own uuid := doctor; at timestamptz := clock_timestamp(); zone text; today date; waiting jsonb; counts jsonb;
  unsettled jsonb; r free_rules := free_rules_for(true, null);
begin
  me := require_caller(c);
  if me.role <> 'staff' then
    select d.id into own from doctors d where me.role = 'doctor' and d.person_id = me.id;
    if own is null then return null; end if;
  end if;
  select x.time_zone into zone from clinic x;
  today := (at at time zone zone)::date;
  select jsonb_build_object('booked', count(*) filter (where a.status in ('booked', 'moved')),
      'arrived', count(*) filter (where a.status = 'arrived'), 'completed', count(*) filter (where a.status = 'completed'),
      'noShow', count(*) filter (where a.status = 'no-show')),
    coalesce(jsonb_agg(waiting_json(a, at) order by a.updated_at, a.id) filter (where a.status = 'arrived'), '[]')
  into counts, waiting
  from appointments a join locations l on l.id = a.location_id
  where a.starts_at >= at - interval '2 days' and a.starts_at < at + interval '2 days'
    and (a.starts_at at time zone l.time_zone)::date = (at at time zone l.time_zone)::date
    and a.slot_id is not null and (own is null or a.doctor_id = own)
    and (wanted_location is null or a.location_id = wanted_location);
  select jsonb_build_object('toPlace', count(*) filter (where a.status = 'to-place'),
    'unconfirmed', count(*) filter (where a.status = 'moved' and a.starts_at > at and answer_by(a) <= at)) into unsettled
  from appointments a
  where a.status in ('to-place', 'moved') and (own is null or a.doctor_id = own)
    and (wanted_location is null or a.location_id = wanted_location);
  perform record_list(c, me, 'today.read', array(
    select (x ->> 'patientId')::uuid from jsonb_array_elements(waiting) x));
  return counts || unsettled || jsonb_build_object('date', today, 'waiting', waiting,
    'free', (
      select count(*) from slots s join locations l on l.id = s.location_id
      where s.clinic_date between today - 1 and today + 1 and s.clinic_date = (at at time zone l.time_zone)::date
        and is_free(s, r) and (own is null or s.doctor_id = own)
        and (wanted_location is null or s.location_id = wanted_location)),
    'lateOpenings', (
      select count(*) from slots s
      where s.late_opening and is_free(s, r) and (own is null or s.doctor_id = own)
        and (wanted_location is null or s.location_id = wanted_location)),
    'weeks', weeks_back(own, wanted_location, today, zone, week_count));
end $$;
