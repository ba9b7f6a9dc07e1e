-- The clinic, its locations in their order, and the policy numbers that the apps show: `ClinicRow`. Null before the clinic is
-- set up.
create function read_clinic() returns jsonb language plpgsql stable security definer set search_path from current as $$
begin
  return (
    select jsonb_build_object('name', c.name, 'phone', c.phone, 'timeZone', c.time_zone, 'locales', p.locales,
      'apiKeyIds', (
        select coalesce(jsonb_object_agg(a.app, k.id), '{}')
        from api_clients a join api_keys k on k.client_id = a.id and k.expires_at is null where a.active and a.app is not null),
      'holdSeconds', p.hold_seconds, 'freezeHours', p.freeze_hours,
      'locations', (
        select jsonb_agg(jsonb_build_object('id', l.id, 'name', l.name, 'address', l.address, 'timeZone', l.time_zone,
          'country', l.country, 'region', l.region)
          order by l.position, l.name) from locations l))
    from clinic c, policy p);
end $$;
