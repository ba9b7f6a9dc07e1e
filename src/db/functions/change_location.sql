-- An administrator changes a location. Its zone stays while it has slots to come, because their times are readings in it.
-- The row's lock keeps every change of the clinic calendar out until then. `changes`: columns with their new values.
create function change_location(c caller, location uuid, versions int[], changes jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; was locations; l locations; earlier jsonb;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  if not may_administer(c, me) then return refuse_administration(c, me); end if;
  select * into was from locations x where x.id = location for no key update;
  if was.id is null then return refuse(c, me, 'not-found'); end if;
  if was.version <> all (versions) then
    return refuse(c, me, 'version-conflict', record_conflict(was.changed_by, was.updated_at));
  end if;
  l := jsonb_populate_record(was, changes);
  if not is_time_zone(l.time_zone) then return refuse(c, me, 'unknown-zone'); end if;
  if exists (select from locations x where x.name = l.name and x.id <> l.id) then return refuse(c, me, 'name-taken'); end if;
  if l.time_zone <> was.time_zone and exists (
    select from slots s where s.location_id = was.id and s.ends_at > clock_timestamp()
      and s.by_hand is distinct from 'removed') then
    return refuse(c, me, 'wrong-state', '{"current": "has-slots"}');
  end if;
  if l is not distinct from was then return done_already(c, me, location_json(was)); end if;
  update locations x set name = l.name, address = l.address, time_zone = l.time_zone, country = l.country,
    region = l.region, changed_by = me.id, updated_at = clock_timestamp(), version = x.version + 1
  where x.id = was.id returning * into l;
  return done(c, me, 'location.change', 'location', l.id, null, location_audit(was), location_audit(l), location_json(l));
end $$;
