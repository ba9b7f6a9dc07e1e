-- The clinic, its locations in their order, and the policy numbers that the apps show: `ClinicRow`. Null before the clinic is
-- set up.
create function read_clinic() returns jsonb language plpgsql stable security definer set search_path from current as $$
begin
  return (
    select jsonb_build_object('name', c.name, 'phone', c.phone, 'timeZone', c.time_zone, 'locales', p.locales,
      'holdSeconds', p.hold_seconds, 'freezeHours', p.freeze_hours,
      'locations', (
        select jsonb_agg(jsonb_build_object('id', l.id, 'name', l.name, 'address', l.address, 'timeZone', l.time_zone)
          order by l.position, l.name) from locations l))
    from clinic c, policy p);
end $$;
