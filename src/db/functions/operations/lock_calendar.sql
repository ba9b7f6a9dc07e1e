-- Locks the locations and then the doctors of the scope, before a change of the clinic calendar is decided. Then reads the
-- calendar. Slots are locked later, and only those that change: a patient who holds another slot meets no lock. Holidays
-- belong to locations, so they lock those for themselves. Every other change shares them.
create function lock_calendar(scope jsonb, for_holidays boolean) returns jsonb
language plpgsql security definer set search_path from current as $$
begin
  if for_holidays then
    perform from locations l order by l.id for no key update;
  else
    perform from locations l order by l.id for share;
  end if;
  perform from doctors d where d.id = any(doctors_in_scope(scope)) order by d.id for no key update;
  return calendar_json(scope);
end $$;
