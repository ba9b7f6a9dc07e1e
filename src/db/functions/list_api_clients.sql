-- The apps that call the API, by name, for an administrator: list of `ApiClientRow`.
create function list_api_clients(c caller) returns jsonb
language plpgsql security definer set search_path from current as $$
begin
  perform require_administrator(c);
  return (select coalesce(jsonb_agg(api_client_json(a) order by a.name), '[]') from api_clients a);
end $$;
