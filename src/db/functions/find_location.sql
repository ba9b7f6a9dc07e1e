-- One location: `LocationRow`, or null.
create function find_location(c caller, location uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
begin
  perform require_staff(c);
  return (select location_json(l) from locations l where l.id = location);
end $$;
