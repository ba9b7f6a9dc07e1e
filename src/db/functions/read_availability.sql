-- Free slots in a window of clinic dates, both included (default: today and the six days after). Filters: a doctor or a
-- specialty, a location, a weekday, a part of the day. With the reason for each empty day, and the next free slot where that
-- is not the first of the page: `PackedAvailability`. It offers what a hold would take, because both ask is_free. It leaves
-- out what confirming would refuse the patient. That is the times of their other appointments than `moving`, and all times
-- beyond a limit of bookings or moves (`limit`). Anyone may ask: a caller that find_caller does not know is a visitor. A
-- patient's own hold counts as free for them, and staff see what only they can take. `for_patient`: the patient that staff ask
-- for. `after`: the position of the last slot of the page before. One slot more than `max_count` shows that there are more.
create function read_availability(
  c caller, for_patient uuid, moving uuid, doctor uuid, wanted_specialty text, location uuid, weekday int,
  part_of_day text, from_date date, to_date date, after jsonb, max_count int
) returns json language plpgsql security definer set search_path from current as $$
declare
  o offer := offer_to(c, for_patient, moving, doctor, wanted_specialty, location, weekday, part_of_day, from_date);
  first_date date := o.first_date; floor_date date := (o.rules).floor_date; floor_at timestamptz := (o.rules).floor_at;
  last_date date; floor_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff'; after_date date := floor_date;
  after_at timestamptz := floor_at; after_id uuid := floor_id; ids uuid[]; doctor_ids uuid[]; location_ids uuid[];
  starts bigint[]; ends bigint[]; dates date[]; doctors uuid[]; places uuid[]; following slots; last_told date;
  empty_dates date[] = '{}';
begin
  last_date := least(coalesce(to_date, first_date + 6), first_date + 30);
  if o.refused then
    return json_build_object('from', first_date, 'to', last_date, 'slots', null, 'next', null,
      'empty', limited_days(first_date, last_date));
  end if;
  if (after ->> 'date')::date >= first_date then
    after_date := after ->> 'date';
    after_at := to_timestamp((after ->> 'startsAt')::float8 / 1000);
    after_id := after ->> 'id';
  end if;
  select array_agg(s.id), array_agg(s.doctor_id), array_agg(s.location_id), array_agg(ms(s.starts_at)),
    array_agg(ms(s.ends_at)), coalesce(array_agg(s.clinic_date), '{}')
  into ids, doctor_ids, location_ids, starts, ends, dates
  from free_slots(o, after_date, after_at, after_id, last_date, max_count + 1) s;
  if after is not null or ids is null then
    select * into following from free_slots(o, floor_date, floor_at, floor_id, 'infinity', 1);
  end if;
  -- Of a page that is cut, nothing is said about the days from the cut on.
  last_told := case when cardinality(ids) > max_count then dates[max_count + 1] - 1 else last_date end;
  for n in 0 .. last_told - first_date loop
    if first_date + n <> all (dates) then empty_dates := array_append(empty_dates, first_date + n); end if;
  end loop;
  doctors := array(select distinct d from unnest(doctor_ids) d);
  places := array(select distinct l from unnest(location_ids) l);
  -- As json, not jsonb: it is only sent on, and costs half as much.
  return json_build_object('from', first_date, 'to', last_date,
    'slots', case when ids is not null then json_build_object('ids', ids, 'doctorIds', doctors, 'locationIds', places,
      'zones', array(select l.time_zone from unnest(places) p join locations l on l.id = p order by array_position(places, p)),
      'doctors', array(select array_position(doctors, d) from unnest(doctor_ids) d),
      'locations', array(select array_position(places, l) from unnest(location_ids) l),
      'startsAt', starts, 'endsAt', ends, 'dates', dates) end,
    'next', case when following.id is not null then slot_json(following) || jsonb_build_object('date', following.clinic_date) end,
    'empty', empty_days(empty_dates, o));
end $$;
