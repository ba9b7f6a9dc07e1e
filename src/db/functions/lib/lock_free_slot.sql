-- A slot that is free by these rules (or closed, where staff override that), locked. Null when it is not free, or another
-- statement has locked it.
create function lock_free_slot(slot uuid, r free_rules, closed_too boolean) returns slots language plpgsql as $$
declare s slots; as_open slots;
begin
  select * into s from slots x where x.id = slot for update skip locked;
  as_open := s;
  if closed_too then as_open.status := 'open'; end if;
  if is_free(as_open, r) then return s; end if;
  return null;
end $$;
