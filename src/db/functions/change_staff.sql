-- An administrator changes a staff account. Switched off, every session of the person ends and their token no longer counts.
-- The clinic keeps one active administrator. So all of them are locked first, by id: two who remove each other must not
-- leave none. `changes`: columns with their new values.
create function change_staff(c caller, staff uuid, versions int[], changes jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; was people; p people; earlier jsonb;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  if not may_administer(c, me) then return refuse_administration(c, me); end if;
  perform from people x where x.administrator or x.id = staff order by x.id for no key update;
  select * into was from people x where x.id = staff and x.role = 'staff';
  if was.id is null then return refuse(c, me, 'not-found'); end if;
  if was.version <> all (versions) then
    return refuse(c, me, 'version-conflict', record_conflict(was.changed_by, was.updated_at));
  end if;
  p := jsonb_populate_record(was, changes);
  if was.active and was.administrator and not (p.active and p.administrator) and not exists (
    select from people x where x.administrator and x.active and x.id <> was.id) then
    return refuse(c, me, 'wrong-state', '{"current": "last-administrator"}');
  end if;
  if p is not distinct from was then return done_already(c, me, staff_json(me, was)); end if;
  update people x set name = p.name, administrator = p.administrator, changed_by = me.id,
    updated_at = clock_timestamp(), version = x.version + 1
  where x.id = was.id;
  if p.active <> was.active then perform switch_login(was.id, p.active); end if;
  select * into p from people x where x.id = was.id;
  return done(c, me, 'staff.change', 'person', p.id, null, staff_audit(was), staff_audit(p), staff_json(me, p));
end $$;
