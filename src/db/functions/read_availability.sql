-- Free slots in a window of clinic dates (`from_date` and `to_date` included; by default today and the six days after), of a
-- doctor, a specialty or all doctors, with the reason for each empty day and the next free slot: `AvailabilityRow`. It offers
-- the slots that a hold would take, because both ask is_free, but none that confirming would refuse the patient: no time of
-- their appointments other than `moving`, and none at all where they may book, or move that one, no more (`limit`). A caller
-- whom find_caller does not know is a visitor. A patient's own hold counts as free for them, and staff see slots that only
-- they can take. `for_patient`: the patient for staff who ask.
-- `after`: the position of the last slot of the page before. One slot more than `max_count` shows that there are more.
create function read_availability(
  c caller, for_patient uuid, moving uuid, doctor uuid, wanted_specialty text, from_date date, to_date date, after jsonb,
  max_count int
) returns json language plpgsql security definer set search_path from current as $$
declare
  me people := find_caller(c); r free_rules; patient uuid; doctors uuid[]; now_at timestamptz := clock_timestamp();
  today date; first_date date; last_date date; floor_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  after_date date; after_at timestamptz; after_id uuid; page slots[]; filled date[]; following slots;
begin
  if me.role = 'staff' then
    patient := for_patient;
  elsif me.role = 'patient' then
    select t.id into patient from patients t where t.person_id = me.id and t.active;
  end if;
  -- Another patient's appointment counts as none.
  select a.id into moving from appointments a where a.id = moving and a.patient_id = patient;
  if wanted_specialty is not null then
    doctors := array(
      select d.id from doctors d where d.specialty = wanted_specialty and (doctor is null or d.id = doctor));
  elsif doctor is not null then
    doctors := array[doctor];
  end if;
  -- At a location further west the day before the clinic's may not be over.
  select (now_at at time zone x.time_zone)::date,
    coalesce(from_date, least((now_at at time zone x.time_zone)::date,
      (select min((now_at at time zone l.time_zone)::date) from locations l)))
  into today, first_date from clinic x;
  last_date := least(coalesce(to_date, first_date + 6), first_date + 30);
  r := offer_rules_for(coalesce(me.role = 'staff', false), patient, moving, first_date);
  if me.role = 'patient' and patient is not null
    and why_not_another((select t from patients t where t.id = patient), moving, now_at) is not null then
    return json_build_object('from', first_date, 'to', last_date, 'slots', '[]'::json, 'next', null, 'empty', (
      select json_agg(json_build_object('date', first_date + n, 'reason', 'limit') order by n)
      from generate_series(0, last_date - first_date) n));
  end if;
  after_date := r.floor_date; after_at := r.floor_at; after_id := floor_id;
  if (after ->> 'date')::date >= first_date then
    after_date := after ->> 'date';
    after_at := to_timestamp((after ->> 'startsAt')::float8 / 1000);
    after_id := after ->> 'id';
  end if;
  page := array(
    select s from free_slots(r, doctors, after_date, after_at, after_id, last_date, max_count + 1) s);
  filled := array(select distinct s.clinic_date from unnest(page) s order by s.clinic_date);
  following := page[1];
  if after is not null or following.id is null then
    select * into following from free_slots(r, doctors, r.floor_date, r.floor_at, floor_id, 'infinity', 1);
  end if;
  return json_build_object('from', first_date, 'to', last_date, 'slots', dated_slots_json(page),
    'next', case when following.id is not null then dated_slots_json(array[following]) -> 0 end,
    'empty', empty_days(
      array(select first_date + n from generate_series(0, last_date - first_date) n
        -- Of a page that is cut, nothing is said about the days from the cut on.
        where first_date + n <> all (filled)
          and (cardinality(page) <= max_count or first_date + n < filled[cardinality(filled)])),
      doctors, now_at, today));
end $$;
