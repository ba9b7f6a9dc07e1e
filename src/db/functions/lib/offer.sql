-- The offer for a caller: `find_caller` knows patients and staff, all others are visitors. A patient asks for themselves,
-- staff for `for_patient`. `moving`: the patient's appointment that the time is for.
create function offer_to(
  c caller, for_patient uuid, moving uuid, doctor uuid, wanted_specialty text, location uuid, weekday int,
  part_of_day text, from_date date
) returns offer language plpgsql as $$
declare me people := find_caller(c); o offer; patient uuid; now_at timestamptz := clock_timestamp();
begin
  if me.role = 'staff' then
    patient := for_patient;
  elsif me.role = 'patient' then
    select t.id into patient from patients t where t.person_id = me.id and t.active;
  end if;
  -- Another patient's appointment counts as none.
  if moving is not null then
    select a.id into moving from appointments a where a.id = moving and a.patient_id = patient;
  end if;
  if wanted_specialty is not null then
    o.doctors := array(
      select d.id from doctors d where d.specialty = wanted_specialty and (doctor is null or d.id = doctor));
  elsif doctor is not null then
    o.doctors := array[doctor];
  end if;
  o.location_id := location; o.weekday := weekday; o.part_of_day := part_of_day;
  -- At a location further west the day before the clinic's may not be over.
  select (now_at at time zone x.time_zone)::date,
    coalesce(from_date, least((now_at at time zone x.time_zone)::date,
      (select min((now_at at time zone l.time_zone)::date) from locations l)))
  into o.today, o.first_date from clinic x;
  o.rules := offer_rules_for(coalesce(me.role = 'staff', false), patient, moving, o.first_date);
  o.refused := coalesce(me.role = 'patient' and patient is not null
    and why_not_another((select t from patients t where t.id = patient), moving, now_at) is not null, false);
  return o;
end $$;

-- `morning` before 12:00, `afternoon` before 17:00, `evening` after that, by the clock of the location.
create function part_of_day_at(at timestamptz, location uuid) returns text language plpgsql stable as $$
begin
  return (
    select case when x.hour < 12 then 'morning' when x.hour < 17 then 'afternoon' else 'evening' end
    from (select extract(hour from at at time zone l.time_zone) as hour from locations l where l.id = location) x);
end $$;

-- Whether a slot fits the reader's location, weekday and part of the day.
create function is_wanted(s slots, o offer) returns boolean language sql stable
return (o.location_id is null or s.location_id = o.location_id)
  and (o.weekday is null or extract(isodow from s.clinic_date) = o.weekday)
  and (o.part_of_day is null or part_of_day_at(s.starts_at, s.location_id) = o.part_of_day);

-- The reason `limit` for each of these days.
create function limited_days(first_date date, last_date date) returns json language plpgsql stable as $$
begin
  return (
    select json_agg(json_build_object('date', first_date + n, 'reason', 'limit') order by n)
    from generate_series(0, last_date - first_date) n);
end $$;
