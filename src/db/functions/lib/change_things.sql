-- Writes the rows of a change of the clinic calendar, `CalendarChange` (src/domain/calendar/change.ts), and returns what each
-- was and is. Its slots have been changed already: `added` are the new ones, `was` is what a changed or removed one was.
create function change_things(me people, change jsonb, added slots[], was jsonb) returns setof changed_thing
language plpgsql as $$
declare kind text := change ->> 'kind'; slot uuid := change ->> 'slotId';
begin
  if kind = 'schedule' then
    return next change_schedule(change);
  elsif kind = 'exception-add' then
    return next add_exception(change);
  elsif kind = 'exception-remove' then
    return query select * from remove_exception(change);
  elsif kind = 'slot-add' then
    return query select s.id, null::jsonb, slot_audit(s), staff_slot_json(s)
      from unnest(added) x join slots s on s.id = x.id;
  elsif kind = 'slot-change' then
    return query select s.id, was, slot_audit(s), staff_slot_json(s) from slots s where s.id = slot;
  elsif kind = 'slot-remove' then
    return query select slot, was, null::jsonb, '{}'::jsonb;
  elsif kind = 'holidays-add' then
    return query select * from add_holidays(change);
  elsif kind = 'holiday-remove' then
    return query select * from remove_holidays(change);
  elsif kind = 'doctor-left' then
    return next change_leaving(me, change);
  else
    raise exception 'no such change: %', kind;
  end if;
end $$;

-- The audit trail's name of each change, and the kind of thing that changes.
create function audited_change(kind text, out action text, out entity text) language plpgsql immutable as $$
begin
  action := case kind when 'schedule' then 'schedule.change' when 'exception-add' then 'exception.add'
    when 'exception-remove' then 'exception.remove' when 'slot-add' then 'slot.add' when 'slot-change' then 'slot.change'
    when 'slot-remove' then 'slot.remove' when 'holidays-add' then 'holiday.add' when 'holiday-remove' then 'holiday.remove'
    when 'doctor-left' then 'doctor.leave' end;
  entity := case when kind in ('schedule', 'doctor-left') then 'doctor' else split_part(action, '.', 1) end;
end $$;

create function change_schedule(change jsonb) returns changed_thing language plpgsql as $$
declare doctor uuid := change ->> 'doctorId'; was jsonb; new_version int; now_is jsonb;
begin
  was := sessions_json(doctor);
  delete from schedules s where s.doctor_id = doctor;
  insert into schedules (doctor_id, location_id, weekday, from_time, to_time, slot_minutes, valid_from, valid_to)
  select doctor, x."locationId", x.weekday, x."from", x."to", x."slotMinutes", x."validFrom", x."validTo"
  from jsonb_to_recordset(change -> 'sessions') x("locationId" uuid, weekday smallint, "from" time, "to" time,
    "slotMinutes" int, "validFrom" date, "validTo" date);
  update doctors d set schedule_version = d.schedule_version + 1 where d.id = doctor
  returning d.schedule_version into new_version;
  now_is := jsonb_build_object('sessions', change -> 'sessions', 'version', new_version);
  return (doctor, jsonb_build_object('sessions', was, 'version', new_version - 1), now_is, now_is)::changed_thing;
end $$;

create function add_exception(change jsonb) returns changed_thing language plpgsql as $$
declare x jsonb := change -> 'exception'; first_date date; e exceptions;
begin
  first_date := coalesce(x ->> 'date', x ->> 'fromDate');
  insert into exceptions (doctor_id, kind, location_id, from_date, to_date, from_time, to_time, slot_minutes, note)
  values ((change ->> 'doctorId')::uuid, x ->> 'kind', (x ->> 'locationId')::uuid, first_date,
    coalesce((x ->> 'toDate')::date, first_date), (x ->> 'from')::time, (x ->> 'to')::time,
    (x ->> 'slotMinutes')::int, change ->> 'note')
  returning * into e;
  return (e.id, null, exception_json(e), exception_json(e))::changed_thing;
end $$;

create function remove_exception(change jsonb) returns setof changed_thing language plpgsql as $$
begin
  return query
    delete from exceptions e
    where e.id = (change ->> 'exceptionId')::uuid and e.doctor_id = (change ->> 'doctorId')::uuid
    returning e.id, exception_json(e), null::jsonb, '{}'::jsonb;
end $$;

-- Staff who enter a day again correct its name. An import does not change a day that is there.
create function add_holidays(change jsonb) returns setof changed_thing language plpgsql as $$
declare day record; was holidays; h holidays; given_source text := change ->> 'source';
begin
  for day in
    select l.id as location_id, x.date, x.name
    from locations l, jsonb_to_recordset(change -> 'days') x(date date, name text)
    where case when change ->> 'locationId' is not null then l.id = (change ->> 'locationId')::uuid
      else change ->> 'country' is null or l.country = change ->> 'country' end
    order by x.date, l.position, l.name
  loop
    select * into was from holidays o where o.location_id = day.location_id and o.date = day.date;
    if was.id is not null and given_source <> 'staff' then continue; end if;
    insert into holidays (location_id, date, name, source) values (day.location_id, day.date, day.name, given_source)
    on conflict (location_id, date) do update set name = excluded.name, source = excluded.source returning * into h;
    return next (h.id, case when was.id is not null then holiday_json(was) end, holiday_json(h),
      holiday_json(h))::changed_thing;
  end loop;
end $$;

create function remove_holidays(change jsonb) returns setof changed_thing language plpgsql as $$
begin
  return query
    delete from holidays h
    where h.id = any(array(select (x ->> 'holidayId')::uuid from jsonb_array_elements(change -> 'days') x))
    returning h.id, holiday_json(h), null::jsonb, '{}'::jsonb;
end $$;

-- A doctor leaves on a date, or stays after all.
create function change_leaving(me people, change jsonb) returns changed_thing language plpgsql as $$
declare was doctors; d doctors;
begin
  select * into was from doctors x where x.id = (change ->> 'doctorId')::uuid;
  update doctors x set leaves_on = (change ->> 'from')::date, changed_by = me.id, updated_at = clock_timestamp(),
    version = x.version + 1
  where x.id = was.id returning * into d;
  return (d.id, doctor_audit(was), doctor_audit(d), doctor_json(d))::changed_thing;
end $$;
