-- Merges the notifications of two records. What the source was notified of, its outbox, messages and reminders become the
-- target's. The merge itself is nothing to notify. Returns when what was perhaps sent must be sent again; null if nothing.
create function merge_notifications(source uuid, target uuid) returns timestamptz language plpgsql as $$
declare
  -- Reminders are found by their appointments: each of them has an outbox row or, if that is deleted already, a message.
  appointment_ids uuid[] := array(
    select o.appointment_id from outbox o where o.patient_id = source
    union select d.appointment_id from deliveries d where d.patient_id = source);
  pair record; due timestamptz;
begin
  for pair in
    select s as source_row, t as target_row from outbox s
      join outbox t on t.appointment_id = s.appointment_id and t.patient_id = target
    where s.patient_id = source order by s.appointment_id
  loop
    due := greatest(due, fold_notifications(pair.source_row, pair.target_row));
  end loop;
  update outbox o set patient_id = target where o.patient_id = source;
  update deliveries d set patient_id = target where d.patient_id = source and d.appointment_id = any(appointment_ids);

  update reminders k set state = 'sent', lease_id = null, lease_until = null from reminders r
  where r.patient_id = source and r.appointment_id = any(appointment_ids) and r.state = 'sent'
    and k.patient_id = target and k.state <> 'sent'
    and (k.appointment_id, k.starts_at, k.lead_hours) = (r.appointment_id, r.starts_at, r.lead_hours);
  delete from reminders r using reminders k
  where r.patient_id = source and r.appointment_id = any(appointment_ids) and k.patient_id = target
    and (k.appointment_id, k.starts_at, k.lead_hours) = (r.appointment_id, r.starts_at, r.lead_hours);
  update reminders r set patient_id = target where r.patient_id = source and r.appointment_id = any(appointment_ids);
  return due;
end $$;

-- An appointment that was transferred between the two records has an outbox row for each. Afterwards it has one.
-- The last notification of its present patient counts. That the appointment is over for the other is no news. If just
-- that was perhaps sent, the present state is sent again, and this returns when. The version rises, so that no earlier
-- claim is sent.
create function fold_notifications(s outbox, t outbox) returns timestamptz language plpgsql as $$
declare first_row outbox := t; other_row outbox := s; is_unsure boolean; holder uuid; due timestamptz;
begin
  is_unsure := perhaps_sent(s) is not null or perhaps_sent(t) is not null;
  select a.patient_id into holder from appointments a where a.id = s.appointment_id;
  if holder = s.patient_id or (holder <> t.patient_id
    and (s.due_at is not null, coalesce(s.last_notified_at, '-infinity'))
      > (t.due_at is not null, coalesce(t.last_notified_at, '-infinity'))) then
    first_row := s;
    other_row := t;
  end if;
  delete from outbox o where o.appointment_id = s.appointment_id and o.patient_id = s.patient_id;
  update outbox o set version = greatest(s.version, t.version) + 1,
    last_notified = coalesce(first_row.last_notified, other_row.last_notified),
    last_notified_at = coalesce(first_row.last_notified_at, other_row.last_notified_at),
    -- The lower one leaves the message that was perhaps sent beyond it, which is how settling knows of it.
    sequence = case when is_unsure then least(s.sequence, t.sequence) else greatest(s.sequence, t.sequence) end,
    first_dirty_at = case when is_unsure then clock_timestamp() else first_row.first_dirty_at end,
    due_at = case when is_unsure then clock_timestamp() else first_row.due_at end
  where o.appointment_id = t.appointment_id and o.patient_id = t.patient_id returning o.due_at into due;
  return case when is_unsure then due end;
end $$;
