-- An administrator adds an app that calls the API, with its first key.
create function create_api_client(c caller, client_name text, client_tier text, client_origins text[]) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; a api_clients; earlier jsonb;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  if not may_administer(c, me) then return refuse_administration(c, me); end if;
  if exists (select from api_clients x where x.name = client_name) then return refuse(c, me, 'name-taken'); end if;
  insert into api_clients (name, tier, origins, changed_by) values (client_name, client_tier, client_origins, me.id)
  returning * into a;
  insert into api_keys (client_id) values (a.id);
  return done(c, me, 'api-client.create', 'api-client', a.id, null, null, api_client_audit(a), api_client_json(a));
end $$;
