-- The clinic's locations in their order: list of `LocationRow`.
create function list_locations(c caller) returns jsonb
language plpgsql security definer set search_path from current as $$
begin
  perform require_staff(c);
  return (select coalesce(jsonb_agg(location_json(l) order by l.position, l.name), '[]') from locations l);
end $$;
