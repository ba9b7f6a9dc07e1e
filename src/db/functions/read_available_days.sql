-- The number of times offered on each clinic date of a window of at most 31 days, with the filters of read_availability:
-- `AvailableDaysRow`. Slots of one specialty at the same start and location count once, as the patients' app shows them. An
-- empty day has its reason; `next` is the first date from `from_date` on with a time, also after the window.
create function read_available_days(
  c caller, for_patient uuid, moving uuid, doctor uuid, wanted_specialty text, location uuid, weekday int,
  part_of_day text, from_date date, to_date date
) returns json language plpgsql security definer set search_path from current as $$
declare
  o offer := offer_to(c, for_patient, moving, doctor, wanted_specialty, location, weekday, part_of_day, from_date);
  first_date date := o.first_date; last_date date := least(coalesce(to_date, first_date + 6), first_date + 30);
  floor_date date := (o.rules).floor_date; floor_at timestamptz := (o.rules).floor_at;
  floor_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff'; counts jsonb; next_date date;
begin
  if o.refused then
    return json_build_object('from', first_date, 'to', last_date, 'counts', '{}'::json, 'next', null,
      'empty', limited_days(first_date, last_date));
  end if;
  select coalesce(jsonb_object_agg(x.clinic_date, x.times), '{}'), min(x.clinic_date) into counts, next_date
  from (
    select t.clinic_date, count(*) as times
    from (
      select distinct s.clinic_date, s.starts_at, s.location_id, d.specialty
      from free_slots(o, floor_date, floor_at, floor_id, last_date, null) s join doctors d on d.id = s.doctor_id) t
    group by t.clinic_date) x;
  if next_date is null then
    select s.clinic_date into next_date from free_slots(o, floor_date, floor_at, floor_id, 'infinity', 1) s;
  end if;
  return json_build_object('from', first_date, 'to', last_date, 'counts', counts, 'next', next_date,
    'empty', empty_days(
      array(select first_date + n from generate_series(0, last_date - first_date) n
        where not counts ? (first_date + n)::text),
      o));
end $$;
