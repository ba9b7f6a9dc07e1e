-- Frees slots that were vacated and that no other appointment has taken, as any that comes free.
create function free_vacated(slot_ids uuid[]) returns int
language plpgsql security definer set search_path from current as $$
declare s slots; freed int := 0;
begin
  for s in
    select x.* from slots x where x.id = any(slot_ids) and x.appointment_id is null and x.status = 'open' order by x.id
  loop
    perform free_slot(s.id);
    freed := freed + 1;
  end loop;
  return freed;
end $$;
