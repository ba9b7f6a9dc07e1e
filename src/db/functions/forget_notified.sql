-- Deletes up to `max_count` outbox rows of appointments that are over for longer than the policy keeps messages. Only rows of
-- which nothing waits to be sent. An appointment's id has the time of its booking, so the key finds the oldest.
create function forget_notified(max_count int) returns int
language plpgsql security definer set search_path from current as $$
declare kept_from timestamptz := kept_since((select y.messages_kept_days from policy y)); oldest uuid := first_id_at(kept_from); forgotten int;
begin
  with old as (
    select o.appointment_id, o.patient_id from outbox o join appointments a on a.id = o.appointment_id
    where o.appointment_id < oldest and o.due_at is null and a.ends_at < kept_from
    order by o.appointment_id limit max_count for update of o skip locked)
  delete from outbox o using old where o.appointment_id = old.appointment_id and o.patient_id = old.patient_id;
  get diagnostics forgotten = row_count;
  return record_forgotten('notified', forgotten);
end $$;
