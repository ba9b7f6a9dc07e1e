-- An administrator changes an app that calls the API. Switched off, its keys are refused. `changes`: columns with their new
-- values.
create function change_api_client(c caller, client uuid, versions int[], changes jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; was api_clients; a api_clients; earlier jsonb;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  if not may_administer(c, me) then return refuse_administration(c, me); end if;
  select * into was from api_clients x where x.id = client for update;
  if was.id is null then return refuse(c, me, 'not-found'); end if;
  if was.version <> all (versions) then
    return refuse(c, me, 'version-conflict', record_conflict(was.changed_by, was.updated_at));
  end if;
  a := jsonb_populate_record(was, changes);
  if exists (select from api_clients x where x.name = a.name and x.id <> a.id) then
    return refuse(c, me, 'name-taken');
  end if;
  if a is not distinct from was then return done_already(c, me, api_client_json(was)); end if;
  update api_clients x set name = a.name, tier = a.tier, origins = a.origins, active = a.active, changed_by = me.id,
    updated_at = clock_timestamp(), version = x.version + 1
  where x.id = was.id returning * into a;
  return done(c, me, 'api-client.change', 'api-client', a.id, null, api_client_audit(was), api_client_audit(a),
    api_client_json(a));
end $$;
