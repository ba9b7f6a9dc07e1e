-- Which part of the clinic calendar is read: a `CalendarScope` (src/db/queries/clinic-calendar.ts).

-- The doctors of a scope, by id; all of them where it names none.
create function doctors_in_scope(scope jsonb) returns uuid[] language plpgsql stable as $$
begin
  if jsonb_typeof(scope -> 'doctorIds') = 'array' then
    return array(select x::uuid from jsonb_array_elements_text(scope -> 'doctorIds') x order by 1);
  end if;
  if scope ->> 'slotId' is not null then
    return array(select s.doctor_id from slots s where s.id = (scope ->> 'slotId')::uuid);
  end if;
  return array(select d.id from doctors d order by d.id);
end $$;

-- The slots of a scope that have not ended. Every search is bounded by clinic dates, so that none reads the past. No slot is
-- longer than a day. No clinic date is more than a day from the date in UTC.
create function slots_in_scope(scope jsonb) returns setof slots language plpgsql stable as $$
declare
  at timestamptz := clock_timestamp(); own slots;
  first_date date := scope ->> 'from'; last_date date := scope ->> 'to';
begin
  if jsonb_typeof(scope -> 'days') = 'array' then
    return query select s.* from slots s join locations l on l.id = s.location_id
      where s.clinic_date = any(array(select (x ->> 'date')::date from jsonb_array_elements(scope -> 'days') x))
        and s.ends_at > at and exists (
          select from jsonb_to_recordset(scope -> 'days') x(date date, "locationId" uuid, country text)
          where x.date = s.clinic_date and (x."locationId" is null or x."locationId" = l.id)
            and (x.country is null or x.country = l.country));
    return;
  end if;
  if scope ->> 'slotId' is not null then
    select * into own from slots s where s.id = (scope ->> 'slotId')::uuid;
    return query select s.* from slots s
      where s.doctor_id = own.doctor_id and s.ends_at > at and (
        s.clinic_date between own.clinic_date - 1 and own.clinic_date + 1
        or s.clinic_date between first_date and last_date);
    return;
  end if;
  return query select s.* from slots s
    where s.doctor_id = any(doctors_in_scope(scope)) and s.ends_at > at
      and s.clinic_date between coalesce(first_date, (at at time zone 'UTC')::date - 2) and coalesce(last_date, 'infinity');
end $$;
