-- Free slots in a window of clinic dates, both included (default: today and the six days after). Filters: a doctor or a
-- specialty, a location, a weekday, a part of the day. With the reason for each empty day and the next free slot:
-- `AvailabilityRow`. It offers what a hold would take, because both ask is_free. It leaves out what confirming would refuse
-- the patient. That is the times of their other appointments than `moving`, and all times beyond a limit of bookings or
-- moves (`limit`). Anyone may ask: a caller that find_caller does not know is a visitor. A patient's own hold counts as free
-- for them, and staff see what only they can take. `for_patient`: the patient that staff ask for. `after`: the position of
-- the last slot of the page before. One slot more than `max_count` shows that there are more.
create function read_availability(
  c caller, for_patient uuid, moving uuid, doctor uuid, wanted_specialty text, location uuid, weekday int,
  part_of_day text, from_date date, to_date date, after jsonb, max_count int
) returns json language plpgsql security definer set search_path from current as $$
declare
  o offer := offer_to(c, for_patient, moving, doctor, wanted_specialty, location, weekday, part_of_day, from_date);
  first_date date := o.first_date; floor_date date := (o.rules).floor_date; floor_at timestamptz := (o.rules).floor_at;
  last_date date; floor_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff'; after_date date := floor_date;
  after_at timestamptz := floor_at; after_id uuid := floor_id; page slots[]; filled date[]; following slots;
begin
  last_date := least(coalesce(to_date, first_date + 6), first_date + 30);
  if o.refused then
    return json_build_object('from', first_date, 'to', last_date, 'slots', '[]'::json, 'next', null,
      'empty', limited_days(first_date, last_date));
  end if;
  if (after ->> 'date')::date >= first_date then
    after_date := after ->> 'date';
    after_at := to_timestamp((after ->> 'startsAt')::float8 / 1000);
    after_id := after ->> 'id';
  end if;
  page := array(select s from free_slots(o, after_date, after_at, after_id, last_date, max_count + 1) s);
  filled := array(select distinct s.clinic_date from unnest(page) s order by s.clinic_date);
  following := page[1];
  if after is not null or following.id is null then
    select * into following from free_slots(o, floor_date, floor_at, floor_id, 'infinity', 1);
  end if;
  return json_build_object('from', first_date, 'to', last_date, 'slots', dated_slots_json(page),
    'next', case when following.id is not null then dated_slots_json(array[following]) -> 0 end,
    'empty', empty_days(
      array(select first_date + n from generate_series(0, last_date - first_date) n
        -- Of a page that is cut, nothing is said about the days from the cut on.
        where first_date + n <> all (filled)
          and (cardinality(page) <= max_count or first_date + n < filled[cardinality(filled)])),
      o));
end $$;
