-- A slot by its id, `StaffSlotRow`; null for none, and for the mark of a deleted one.
create function find_slot(slot uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
begin
  return (select staff_slot_json(s) from slots s where s.id = slot and s.by_hand is distinct from 'removed');
end $$;
