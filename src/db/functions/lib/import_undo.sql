-- Rows of an import on whose records something was built, and what: the first 20 of each kind.
create function import_stays(i imports) returns jsonb language plpgsql stable as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('kind', k.kind, 'row', x.n, 'why', x.why) order by k.kind, x.n), '[]')
    from unnest(array['doctors', 'patients', 'schedules', 'appointments']) k (kind),
      lateral (select b.n, b.why from built_on(i, k.kind, 0, 2147483647) b order by b.n limit 20) x);
end $$;

-- Rows of one kind, in a range, on whose records something was built that is no part of the import.
create function built_on(i imports, of_kind text, from_row int, to_row int) returns table (n int, why text)
language plpgsql stable as $$
begin
  case of_kind
    when 'appointments' then return query
      select x.row_number, x.why from (
        select r.row_number, case when a.version > 1 then 'changed' when a.promise is not null then 'answered'
          when exists (select from deliveries d where d.appointment_id = a.id)
            or exists (select from reminders m where m.appointment_id = a.id) then 'notified'
          when exists (select from tasks k where k.appointment_id = a.id) then 'task' end as why
        from import_rows r join appointments a on a.id = r.entity_id
        where r.import_id = i.id and r.kind = of_kind and r.state = 'accepted' and r.row_number between from_row and to_row) x
      where x.why is not null;
    when 'patients' then return query
      select x.row_number, x.why from (
        select r.row_number, case when p.person_id is not null then 'login'
          when p.version > 1 or p.hold_slot_ids <> '{}' or exists (select from patients m where m.merged_into = p.id) then 'changed'
          when exists (
            select from appointments a where a.patient_id = p.id and not exists (
              select from import_rows y where y.entity_id = a.id and y.import_id = i.id and y.state = 'accepted')) then 'booked'
          when exists (select from tasks k where k.patient_id = p.id) then 'task'
          when exists (select from calendar_feeds f where f.patient_id = p.id) then 'feed' end as why
        from import_rows r join patients p on p.id = r.entity_id
        where r.import_id = i.id and r.kind = of_kind and r.state = 'accepted' and r.row_number between from_row and to_row) x
      where x.why is not null;
    when 'schedules' then return query
      select r.row_number, 'changed' from import_rows r
      where r.import_id = i.id and r.kind = of_kind and r.state = 'accepted' and r.row_number between from_row and to_row
        and not exists (select from schedules s where s.id = r.entity_id);
    else return query
      select x.row_number, x.why from (
        select r.row_number, case when d.person_id is not null then 'login' when d.version > 1 then 'changed'
          when exists (select from exceptions e where e.doctor_id = d.id) then 'absence'
          when exists (select from calendar_feeds f where f.doctor_id = d.id) then 'feed'
          when exists (select from slots s where s.doctor_id = d.id and s.hold_expires_at > clock_timestamp()) then 'held'
          when exists (
            select from schedules s where s.doctor_id = d.id and not exists (
              select from import_rows y where y.entity_id = s.id and y.import_id = i.id and y.state = 'accepted')) then 'schedule'
          when exists (
            select from appointments a where a.doctor_id = d.id and not exists (
              select from import_rows y where y.entity_id = a.id and y.import_id = i.id and y.state = 'accepted')) then 'booked'
          end as why
        from import_rows r join doctors d on d.id = r.entity_id
        where r.import_id = i.id and r.kind = of_kind and r.state = 'accepted' and r.row_number between from_row and to_row) x
      where x.why is not null;
  end case;
end $$;

-- Removes up to `batch` records of the last kind that is left, and says how many of which. A record on which something was
-- built since stays, and its row says so.
create function remove_imported(i imports, me people, batch int) returns jsonb language plpgsql as $$
declare of_kind text; chosen int[]; ids uuid[]; stays record; kept int := 0;
begin
  select k into of_kind from unnest(array['schedules', 'appointments', 'patients', 'doctors']) with ordinality u (k, n)
  where exists (select from import_rows r where r.import_id = i.id and r.kind = k and r.state = 'accepted')
  order by n limit 1;
  if of_kind is null then return '{}'; end if;
  chosen := array(select r.row_number from import_rows r
    where r.import_id = i.id and r.kind = of_kind and r.state = 'accepted' order by r.row_number desc limit batch);
  perform lock_imported(i, of_kind, chosen);
  for stays in select * from built_on(i, of_kind, chosen[cardinality(chosen)], chosen[1]) loop
    update import_rows r set state = 'kept',
      findings = r.findings || jsonb_build_array(jsonb_build_object('code', 'built-on', 'why', stays.why))
    where r.import_id = i.id and r.kind = of_kind and r.row_number = stays.n;
    kept := kept + 1;
  end loop;
  with gone as (
    update import_rows r set state = 'undone'
    where r.import_id = i.id and r.kind = of_kind and r.row_number = any(chosen) and r.state = 'accepted' returning r.entity_id)
  select array_agg(g.entity_id) into ids from gone g;
  case of_kind
    when 'schedules' then perform remove_schedules(ids);
    when 'appointments' then perform remove_appointments(i, ids);
    when 'patients' then delete from patients p where p.id = any(ids);
    else
      delete from slots s where s.doctor_id = any(ids) and s.appointment_id is null;
      delete from doctors d where d.id = any(ids);
  end case;
  return jsonb_build_object('kind', of_kind, 'removed', coalesce(cardinality(ids), 0), 'kept', kept);
end $$;

-- Locks what a batch removes, so that nothing is built on it from here on: doctors, patients, slots, appointments.
create function lock_imported(i imports, of_kind text, chosen int[]) returns void language plpgsql as $$
declare ids uuid[] := array(select r.entity_id from import_rows r
  where r.import_id = i.id and r.kind = of_kind and r.row_number = any(chosen));
begin
  case of_kind
    when 'appointments' then
      perform from slots s where s.appointment_id = any(ids) order by s.id for update;
      perform from appointments a where a.id = any(ids) order by a.id for update;
    when 'patients' then perform from patients p where p.id = any(ids) order by p.id for update;
    when 'schedules' then
      perform from doctors d where d.id in (select s.doctor_id from schedules s where s.id = any(ids)) order by d.id for update;
    else perform from doctors d where d.id = any(ids) order by d.id for update;
  end case;
end $$;

-- Weekly sessions go, and with them the free slots to come of their doctors that the schedules alone had made. The nightly job
-- puts back what a schedule that is left wants.
create function remove_schedules(ids uuid[]) returns void language plpgsql as $$
declare of_doctors uuid[] := array(select distinct s.doctor_id from schedules s where s.id = any(ids));
begin
  delete from schedules s where s.id = any(ids);
  update doctors d set schedule_version = d.schedule_version + 1 where d.id = any(of_doctors);
  delete from slots s where s.doctor_id = any(of_doctors) and s.origin = 'template' and s.by_hand is null
    and s.appointment_id is null and s.starts_at > clock_timestamp()
    and (s.hold_id is null or s.hold_expires_at <= clock_timestamp());
end $$;

-- Appointments go, with the slots that were made for them. Slots that were there are free again.
create function remove_appointments(i imports, ids uuid[]) returns void language plpgsql as $$
declare made uuid[] := array(
  select a.slot_id from import_rows r join appointments a on a.id = r.entity_id
  where r.import_id = i.id and r.entity_id = any(ids) and r.made_slot and a.slot_id is not null);
begin
  delete from outbox o where o.appointment_id = any(ids);
  update slots s set appointment_id = null, version = s.version + 1 where s.appointment_id = any(ids);
  delete from appointments a where a.id = any(ids);
  delete from slots s where s.id = any(made);
end $$;
