-- The keys that are valid now, for the Worker's check of a request: list of `ApiKeyRow`.
create function read_api_keys() returns jsonb language plpgsql stable security definer set search_path from current as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'clientId', a.id, 'tier', a.tier, 'origins', a.origins,
      'expiresAt', ms(k.expires_at))), '[]')
    from api_keys k join api_clients a on a.id = k.client_id
    where a.active and (k.expires_at is null or k.expires_at > clock_timestamp()));
end $$;
