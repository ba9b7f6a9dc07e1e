-- How many rows of each kind are older than the policy keeps them, with `days` more for nights in which the job did not run:
-- `KeptTooLong`. It follows the conditions of the functions forget_*.
create function count_kept_too_long(days int) returns jsonb
language plpgsql security definer set search_path from current as $$
declare y policy;
begin
  select * into y from policy;
  return jsonb_build_object(
    'freeSlots', (select count(*) from slots s where s.appointment_id is null
      and s.clinic_date < (kept_since(y.free_slots_kept_days + days) at time zone 'UTC')::date),
    'notified', (select count(*) from outbox o join appointments a on a.id = o.appointment_id
      where o.appointment_id < first_id_at(kept_since(y.messages_kept_days + days)) and o.due_at is null
        and a.ends_at < kept_since(y.messages_kept_days + days)),
    'reminders', (select count(*) from reminders r
      where r.appointment_id < first_id_at(kept_since(y.messages_kept_days + days))
        and r.starts_at < kept_since(y.messages_kept_days + days)),
    'messageIds', (select count(*) from deliveries d
      where d.message_id is not null and d.started_at < kept_since(y.messages_kept_days + days)),
    'tasks', (select count(*) from tasks k where k.status = 'done' and k.done_at < kept_since(y.tasks_kept_days + days)),
    'previews', (select count(*) from operations o where o.preview is not null and o.phase = 'done'
      and o.created_at < kept_since(y.previews_kept_days + days)),
    'reasons', (select count(*) from appointments a where (a.reason is not null or a.cancel_note is not null)
      and a.ends_at < kept_since(y.reasons_kept_days + days) and a.status <> 'to-place'));
end $$;
