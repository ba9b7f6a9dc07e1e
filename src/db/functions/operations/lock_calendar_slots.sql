-- Locks the slots that a change would touch, by id, and reads the calendar again. Patients book while a change is
-- decided, so only a read under the slots' locks is sure to stay true.
create function lock_calendar_slots(scope jsonb, slot_ids uuid[]) returns jsonb
language plpgsql security definer set search_path from current as $$
begin
  perform from slots s where s.id = any(slot_ids) order by s.id for update;
  return calendar_json(scope);
end $$;
