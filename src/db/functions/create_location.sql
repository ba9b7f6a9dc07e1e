-- An administrator adds a location, the last in their order. It has no sessions yet. `given`: its columns.
create function create_location(c caller, given jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; l locations; earlier jsonb;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  if not may_administer(c, me) then return refuse_administration(c, me); end if;
  l := jsonb_populate_record(null::locations, given);
  if not is_time_zone(l.time_zone) then return refuse(c, me, 'unknown-zone'); end if;
  if exists (select from locations x where x.name = l.name) then return refuse(c, me, 'name-taken'); end if;
  insert into locations (name, address, time_zone, country, region, position, changed_by)
  values (l.name, l.address, l.time_zone, l.country, l.region,
    (select coalesce(max(x.position), 0) + 1 from locations x), me.id)
  returning * into l;
  return done(c, me, 'location.create', 'location', l.id, null, null, location_audit(l), location_json(l));
end $$;
