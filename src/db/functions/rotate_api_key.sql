-- An administrator gives an app a new key. The key before it stays valid for `overlap_minutes`, and any older one ends now:
-- so at most two are valid.
create function rotate_api_key(c caller, client uuid, versions int[], overlap_minutes int) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; a api_clients; earlier jsonb; at timestamptz; new_key uuid; last_key uuid;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  if not may_administer(c, me) then return refuse_administration(c, me); end if;
  select * into a from api_clients x where x.id = client for update;
  if a.id is null then return refuse(c, me, 'not-found'); end if;
  if a.version <> all (versions) then
    return refuse(c, me, 'version-conflict', record_conflict(a.changed_by, a.updated_at));
  end if;
  at := clock_timestamp();
  select k.id into last_key from api_keys k where k.client_id = a.id and k.expires_at is null;
  update api_keys k set expires_at = case when k.id = last_key then at + make_interval(mins => overlap_minutes) else at end
  where k.client_id = a.id and (k.expires_at is null or k.expires_at > at);
  insert into api_keys (client_id) values (a.id) returning id into new_key;
  update api_clients x set changed_by = me.id, updated_at = at, version = x.version + 1 where x.id = a.id returning * into a;
  return done(c, me, 'api-client.rotate', 'api-client', a.id, null, jsonb_build_object('keyId', last_key),
    jsonb_build_object('keyId', new_key, 'overlapMinutes', overlap_minutes), api_client_json(a));
end $$;
