-- Staff accounts by name: list of `StaffRow`. `which`: 'active', 'inactive' or 'all'.
create function list_staff(c caller, which text) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people := require_staff(c);
begin
  return (
    select coalesce(jsonb_agg(staff_json(me, p) order by p.name, p.id), '[]')
    from people p
    where p.role = 'staff' and (which = 'all' or p.active = (which = 'active')));
end $$;
