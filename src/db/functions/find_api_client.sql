-- One app that calls the API, for an administrator: `ApiClientRow`, or null.
create function find_api_client(c caller, client uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare a api_clients;
begin
  perform require_administrator(c);
  select * into a from api_clients x where x.id = client;
  return case when a.id is not null then api_client_json(a) end;
end $$;
