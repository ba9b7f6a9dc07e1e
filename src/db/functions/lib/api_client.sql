-- An app that calls the API, for the Worker: `ApiClientRow`. `keys` are those that are valid now, the newest first.
create function api_client_json(a api_clients) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('id', a.id, 'name', a.name, 'tier', a.tier, 'origins', a.origins, 'active', a.active,
    'version', a.version, 'zone', (select x.time_zone from clinic x),
    'keys', (
      select coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'createdAt', ms(k.created_at), 'expiresAt', ms(k.expires_at))
        order by k.expires_at desc nulls first, k.id desc), '[]')
      from api_keys k
      where k.client_id = a.id and (k.expires_at is null or k.expires_at > clock_timestamp())));
end $$;

-- An app as the audit trail keeps it.
create function api_client_audit(a api_clients) returns jsonb language sql stable
return jsonb_build_object('name', a.name, 'tier', a.tier, 'origins', a.origins, 'active', a.active, 'version', a.version);

-- Raises HF001 for staff who are no administrators, so that a read shows them nothing.
create function require_administrator(c caller) returns people language plpgsql as $$
declare me people := require_staff(c);
begin
  if not me.administrator then raise exception 'no such caller' using errcode = 'HF001'; end if;
  return me;
end $$;
