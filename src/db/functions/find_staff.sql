-- One staff account: `StaffRow`, or null.
create function find_staff(c caller, staff uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people := require_staff(c); p people;
begin
  select * into p from people x where x.id = staff and x.role = 'staff';
  return case when p.id is not null then staff_json(me, p) end;
end $$;
