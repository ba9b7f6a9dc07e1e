-- Deletes up to `max_count` slots of past dates that were never booked, oldest first, as the policy says. Slots that another
-- statement has locked wait for the next night. Returns how many.
create function forget_free_slots(max_count int) returns int
language plpgsql security definer set search_path from current as $$
declare first_kept date := (kept_since((select y.free_slots_kept_days from policy y)) at time zone 'UTC')::date; old uuid[]; forgotten int;
begin
  -- Each of the two has an index of its own: the slots that are left are booked ones, and must not be read every night.
  old := array(select s.id from slots s
    where s.status = 'open' and s.appointment_id is null and s.clinic_date < first_kept
    order by s.clinic_date, s.starts_at, s.id limit max_count for update skip locked);
  if cardinality(old) < max_count then
    old := old || array(select s.id from slots s
      where s.status = 'closed' and s.appointment_id is null and s.clinic_date < first_kept
      order by s.clinic_date limit max_count - cardinality(old) for update skip locked);
  end if;
  delete from slots s where s.id = any(old);
  get diagnostics forgotten = row_count;
  return record_forgotten('free-slots', forgotten);
end $$;
