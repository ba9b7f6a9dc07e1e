-- Marks the notifications of a patient's future appointments that could not be sent. Returns when they fall due; null if
-- there are none. Settling finds out whether there is anything to say. Only a failed delivery shows that one was tried.
create function notify_again(p patients, at timestamptz) returns timestamptz language plpgsql as $$
begin
  update outbox o set version = o.version + 1, first_dirty_at = at, due_at = at
  from appointments a
  where o.patient_id = p.id and o.due_at is null and a.id = o.appointment_id and a.starts_at > at
    and (select d.state from deliveries d
      where d.appointment_id = a.id and d.patient_id = p.id and d.kind <> 'reminder'
      order by d.started_at desc limit 1) = 'failed';
  return case when found then at end;
end $$;

-- Marks that the patient of appointment `a` must be notified, and returns when. That is a quiet window after this change,
-- but at most the maximum delay after the first change that was not notified. It is due at once if the appointment starts,
-- or started before this change (`started_before`), within `notify_at_once_minutes`.
create function notify_later(a appointments, started_before timestamptz default null, patient uuid default null)
returns timestamptz language plpgsql as $$
declare rules policy; at timestamptz := clock_timestamp(); soon interval; due timestamptz;
begin
  select * into rules from policy;
  soon := make_interval(mins => rules.notify_at_once_minutes);
  due := at + case when a.starts_at between at and at + soon or started_before between at and at + soon
    then interval '0' else make_interval(secs => rules.quiet_seconds) end;
  insert into outbox as o (appointment_id, patient_id, first_dirty_at, due_at)
  values (a.id, coalesce(patient, a.patient_id), at, due)
  on conflict (appointment_id, patient_id) do update set
    version = o.version + 1,
    first_dirty_at = coalesce(o.first_dirty_at, excluded.first_dirty_at),
    due_at = least(excluded.due_at,
      coalesce(o.first_dirty_at, excluded.first_dirty_at) + make_interval(secs => rules.max_delay_seconds))
  returning o.due_at into due;
  return due;
end $$;
