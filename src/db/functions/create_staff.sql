-- An administrator lets a person log in as staff. `login`: the identity provider's `sub`, which no person at this clinic
-- may have.
create function create_staff(c caller, staff_name text, login text, is_administrator boolean) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; p people; earlier jsonb;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  if not may_administer(c, me) then return refuse_administration(c, me); end if;
  if exists (select from people x where x.subject = login) then return refuse(c, me, 'login-taken'); end if;
  insert into people (subject, role, name, administrator, changed_by)
  values (login, 'staff', staff_name, is_administrator, me.id) returning * into p;
  return done(c, me, 'staff.create', 'person', p.id, null, null, staff_audit(p), staff_json(me, p));
end $$;
