-- Writes the weekly sessions of a chunk, which the Worker has judged with the doctor's others (import_rules.sql). A schedule
-- that has changed since is refused.
create function import_schedules(i imports, me people, given jsonb) returns void language plpgsql as $$
declare one record; r import_rows; s schedules; made schedules[] := '{}'; there uuid;
begin
  perform from doctors d
  where d.id in (select (x.data ->> 'doctor_id')::uuid from given_rows(given) x) order by d.id for no key update;
  for one in select * from given_rows(given) loop
    there := (select x.id from schedules x where x.id = id_of_source(one.source_id));
    r := import_row(i, 'schedules', one.n, one.source_id, one.findings, one.data, there);
    if r.state is null then
      s := jsonb_populate_record(null::schedules, one.data);
      s.id := coalesce(id_of_source(one.source_id), uuidv7());
      if exists (select from doctors d where d.id = s.doctor_id and d.schedule_version <> (one.data ->> 'version')::int) then
        r.state := 'refused';
        r.findings := r.findings || import_fault('schedule-changed', 'doctor');
      else
        r.state := 'accepted';
        r.entity_id := s.id;
        r.session := case when i.dry_run then one.data end;
        made := made || s;
      end if;
    end if;
    perform note_import_row(r);
  end loop;
  if i.dry_run then return; end if;
  insert into schedules select x.* from unnest(made) x;
  update doctors d set schedule_version = d.schedule_version + 1 where d.id in (select x.doctor_id from unnest(made) x);
end $$;

-- Judges the appointments of a chunk and writes those without a fault, each with its slot. A slot that is free at that very
-- time is taken, otherwise one is made. Patients know of them from the former system, so the outbox has them as notified;
-- with `notify` they are notified, and the answer is when the last notification falls due.
create function import_appointments(i imports, me people, given jsonb) returns timestamptz language plpgsql as $$
declare
  one record; r import_rows; a appointments; s slots; there uuid; fault jsonb; due timestamptz;
  made appointments[] := '{}'; new_slots slots[] := '{}'; at timestamptz := clock_timestamp();
begin
  for one in select * from given_rows(given) loop
    there := (select x.id from appointments x where x.id = id_of_source(one.source_id));
    r := import_row(i, 'appointments', one.n, one.source_id, one.findings, one.data, there);
    if r.state is null then
      a := import_appointment(i, one.data);
      fault := import_appointment_fault(i, a, one.data, at);
      if fault is null and a.status <> 'cancelled' then
        s := import_slot(i, a);
        a.slot_id := s.id;
        if s.id is null then fault := import_fault('slot-taken', 'startsAt'); end if;
      end if;
      if fault is null then
        r.state := 'accepted';
        r.entity_id := a.id;
        made := made || a;
        if a.status <> 'cancelled' then
          r.doctor_id := a.doctor_id;
          r.patient_id := case when a.overlap_allowed is not true then a.patient_id end;
          r.starts_at := a.starts_at;
          r.ends_at := a.ends_at;
          -- A slot that was there has an id of the table; a new one is only announced.
          r.made_slot := s.appointment_id is not null;
          if r.made_slot then
            s.appointment_id := a.id;
            new_slots := new_slots || s;
          end if;
        end if;
      else
        r.state := 'refused';
        r.findings := r.findings || fault;
      end if;
    end if;
    perform note_import_row(r);
  end loop;
  if i.dry_run then return null; end if;
  perform import_booked(me, made, new_slots);
  -- From here on the slots and appointments themselves are compared.
  update import_rows x set doctor_id = null, patient_id = null, starts_at = null, ends_at = null
  where x.import_id = i.id and x.kind = 'appointments' and x.starts_at is not null;
  if i.notify then
    select max(notify_later(x)) into due from unnest(made) x where x.starts_at > at and x.slot_id is not null;
    return due;
  end if;
  insert into outbox (appointment_id, patient_id, last_notified, last_notified_at, sequence)
  select x.id, x.patient_id, fact_json(x, x.patient_id), at, 0 from unnest(made) x
  where x.starts_at > at and x.slot_id is not null;
  return null;
end $$;

-- Writes appointments with their slots, all in one statement: each names the other.
create function import_booked(me people, made appointments[], new_slots slots[]) returns void language plpgsql as $$
begin
  with a as (
    insert into appointments (id, patient_id, doctor_id, location_id, slot_id, starts_at, ends_at, status, reason,
      changes_used, overlap_allowed, cancelled_by, cancel_code, cancel_note, changed_by)
    select x.id, x.patient_id, x.doctor_id, x.location_id, x.slot_id, x.starts_at, x.ends_at, x.status, x.reason,
      coalesce(x.changes_used, 0), coalesce(x.overlap_allowed, false), x.cancelled_by, x.cancel_code, x.cancel_note, me.id
    from unnest(made) x),
  n as (
    insert into slots (id, doctor_id, location_id, starts_at, ends_at, clinic_date, origin, appointment_id)
    select x.id, x.doctor_id, x.location_id, x.starts_at, x.ends_at,
      (x.starts_at at time zone l.time_zone)::date, 'staff', x.appointment_id
    from unnest(new_slots) x join locations l on l.id = x.location_id)
  update slots s set appointment_id = x.id, hold_id = null, held_by = null, hold_expires_at = null, hold_extensions = 0,
    late_opening = false, offered_until = null, version = s.version + 1
  from unnest(made) x
  where s.id = x.slot_id and x.id not in (select y.appointment_id from unnest(new_slots) y);
end $$;

-- The appointment that a row says, with the id for which the Worker has sealed its texts. Its patient, doctor and location
-- are null where there is none of that name. A time without an offset is one of the location's wall clock. Of a time that
-- comes twice, it is the first.
create function import_appointment(i imports, data jsonb) returns appointments language plpgsql stable as $$
declare a appointments := jsonb_populate_record(null::appointments, data - '{starts_at,ends_at}'::text[]); l locations;
begin
  a.patient_id := coalesce((import_known(i, 'patients', data ->> 'patient')).entity_id,
    (select t.id from patients t where t.id = id_of_source(data ->> 'patient')));
  a.doctor_id := coalesce((import_known(i, 'doctors', data ->> 'doctor')).entity_id,
    (select d.id from doctors d where d.id = id_of_source(data ->> 'doctor')));
  l := import_location(data ->> 'location');
  a.location_id := l.id;
  a.starts_at := import_instant(data ->> 'starts_at', l.time_zone);
  a.ends_at := case when data ->> 'ends_at' is not null then import_instant(data ->> 'ends_at', l.time_zone)
    else a.starts_at + make_interval(mins => coalesce((data ->> 'minutes')::int,
      import_slot_minutes(i, data ->> 'doctor', a.doctor_id))) end;
  return a;
end $$;

-- How long a doctor's slots are, minutes; also of a doctor that only a dry run knows.
create function import_slot_minutes(i imports, id_there text, doctor uuid) returns int language plpgsql stable as $$
begin
  return coalesce((select d.slot_minutes from doctors d where d.id = doctor),
    ((import_known(i, 'doctors', id_there)).session ->> 'slot_minutes')::int, (select y.slot_minutes from policy y));
end $$;

-- The location of a name. Without a name, the only one.
create function import_location(named text) returns locations language plpgsql stable as $$
declare l locations;
begin
  if named is null and (select count(*) from locations) > 1 then return null; end if;
  select * into l from locations x where x.name = named or named is null;
  return l;
end $$;

-- An instant with its offset, or a reading of the wall clock in `zone`; null in an hour that the clocks skip.
create function import_instant(said text, zone text) returns timestamptz language plpgsql stable as $$
declare wall timestamp; at timestamptz;
begin
  if said ~ '(Z|[+-]\d\d:\d\d)$' then return said::timestamptz; end if;
  wall := said::timestamp;
  at := wall at time zone zone;
  if at at time zone zone <> wall then return null; end if;
  return case when (at - interval '1 hour') at time zone zone = wall then at - interval '1 hour' else at end;
end $$;

-- Why an appointment cannot be written; null if nothing but its slot stands in the way.
create function import_appointment_fault(i imports, a appointments, data jsonb, at timestamptz) returns jsonb
language plpgsql stable as $$
declare t patients; is_live boolean := a.status <> 'cancelled';
begin
  if a.patient_id is null then return import_fault('no-such-patient', 'patient'); end if;
  if a.doctor_id is null then return import_fault('no-such-doctor', 'doctor'); end if;
  if a.location_id is null then return import_fault('no-such-location', 'location'); end if;
  if a.starts_at is null then return import_fault('no-such-time', 'startsAt'); end if;
  if a.ends_at is null then return import_fault('no-such-time', 'endsAt'); end if;
  if a.ends_at <= a.starts_at or a.ends_at > a.starts_at + interval '1 day' then
    return import_fault('out-of-order', 'endsAt');
  end if;
  if a.starts_at > at and a.status in ('arrived', 'completed', 'no-show') then return import_fault('not-yet', 'status'); end if;
  if is_live and a.starts_at > at then
    select * into t from patients x where x.id = a.patient_id;
    if t.merged_into is not null or not t.active then return import_fault('patient-inactive', 'patient'); end if;
    if exists (select from doctors d where d.id = a.doctor_id and not d.active) then
      return import_fault('doctor-inactive', 'doctor');
    end if;
    if is_closed_at(a) then return import_fault('closed', 'startsAt'); end if;
  end if;
  if is_live and not coalesce(a.overlap_allowed, false) and (exists (
    select from appointments o where o.patient_id = a.patient_id and o.slot_id is not null and not o.overlap_allowed
      and o.starts_at > a.starts_at - interval '1 day' and o.starts_at < a.ends_at and o.ends_at > a.starts_at
  ) or exists (
    select from import_rows x where x.import_id = i.id and x.patient_id = a.patient_id
      and x.starts_at > a.starts_at - interval '1 day' and x.starts_at < a.ends_at and x.ends_at > a.starts_at
  )) then return import_fault('overlaps-own-appointment', 'startsAt'); end if;
  return null;
end $$;

-- Whether a holiday or an absence closes the time of an appointment to come.
create function is_closed_at(a appointments) returns boolean language plpgsql stable as $$
declare zone text := (select l.time_zone from locations l where l.id = a.location_id); day date;
begin
  day := (a.starts_at at time zone zone)::date;
  return exists (select from holidays h where h.location_id = a.location_id and h.date = day)
    or exists (
      select from exceptions e
      where e.doctor_id = a.doctor_id and e.kind = 'absence' and coalesce(e.location_id, a.location_id) = a.location_id
        and day between e.from_date - 1 and e.to_date
        and case when e.from_time is null then day >= e.from_date else exists (
          select from (values (day - 1), (day)) x (d)
          where x.d between e.from_date and e.to_date
            and (x.d + e.from_time) at time zone zone < a.ends_at
            and (x.d + e.to_time + case when e.to_time <= e.from_time then interval '1 day' else interval '0' end)
              at time zone zone > a.starts_at) end);
end $$;

-- The slot of a live appointment: one that is free at that very time, locked, or a new one, which has an `appointment_id`
-- already. Null if the doctor has another slot then.
create function import_slot(i imports, a appointments) returns slots language plpgsql as $$
declare s slots; at timestamptz := clock_timestamp();
begin
  if exists (
    select from import_rows x where x.import_id = i.id and x.doctor_id = a.doctor_id
      and x.starts_at > a.starts_at - interval '1 day' and x.starts_at < a.ends_at and x.ends_at > a.starts_at
  ) then return null; end if;
  select * into s from slots x
  where x.doctor_id = a.doctor_id and tstzrange(x.starts_at, x.ends_at, '[)') && tstzrange(a.starts_at, a.ends_at, '[)')
    and (x.status = 'open' or x.appointment_id is not null)
  order by x.id limit 1 for update;
  if found then
    if s.starts_at = a.starts_at and s.ends_at = a.ends_at and s.location_id = a.location_id and s.appointment_id is null
      and (s.hold_id is null or s.hold_expires_at <= at) then return s; end if;
    return null;
  end if;
  s.id := uuidv7();
  s.doctor_id := a.doctor_id;
  s.location_id := a.location_id;
  s.starts_at := a.starts_at;
  s.ends_at := a.ends_at;
  s.appointment_id := a.id;
  return s;
end $$;
