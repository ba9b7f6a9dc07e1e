-- Turns a patient's reminders off by the link in their mail. The link alone allows it, so the audit trail names no
-- actor. Repeating it is no change. Returns `ReminderChoice`; null when there is no such patient.
create function stop_reminders(patient uuid, request_id text) returns jsonb
language plpgsql security definer set search_path from current as $$
declare p patients;
begin
  select * into p from patients t where t.id = survivor_of(patient) for no key update;
  if p.id is null then return null; end if;
  if p.reminders then
    update patients t set reminders = false, changed_by = null, updated_at = clock_timestamp(), version = t.version + 1
    where t.id = p.id returning * into p;
    insert into audit (patient_id, action, entity, entity_id, before, after, request_id)
    values (p.id, 'reminders.stop', 'patient', p.id, '{"reminders": true}', '{"reminders": false}',
      stop_reminders.request_id);
  end if;
  return reminder_choice(p);
end $$;
