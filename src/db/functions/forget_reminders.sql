-- Deletes up to `max_count` reminders of starts that are longer ago than the policy keeps messages.
create function forget_reminders(max_count int) returns int
language plpgsql security definer set search_path from current as $$
declare kept_from timestamptz := kept_since((select y.messages_kept_days from policy y)); oldest uuid := first_id_at(kept_from); forgotten int;
begin
  with old as (
    select r.appointment_id, r.patient_id, r.starts_at, r.lead_hours from reminders r
    where r.appointment_id < oldest and r.starts_at < kept_from
    order by r.appointment_id limit max_count for update skip locked)
  delete from reminders r using old
  where (r.appointment_id, r.patient_id, r.starts_at, r.lead_hours)
    = (old.appointment_id, old.patient_id, old.starts_at, old.lead_hours);
  get diagnostics forgotten = row_count;
  return record_forgotten('reminders', forgotten);
end $$;
