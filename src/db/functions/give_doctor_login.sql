-- Staff give a doctor a login. `login`: the identity provider's `sub`, which no person at this clinic may have already.
create function give_doctor_login(c caller, doctor uuid, versions int[], login text) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; was doctors; d doctors; person people; earlier jsonb;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  select * into was from doctors x where x.id = doctor for no key update;
  if was.id is null then return refuse(c, me, 'not-found'); end if;
  if was.version <> all (versions) then
    return refuse(c, me, 'version-conflict', record_conflict(was.changed_by, was.updated_at));
  end if;
  if not was.active then return refuse(c, me, 'wrong-state', '{"current": "inactive"}'); end if;
  if was.person_id is not null then return refuse(c, me, 'wrong-state', '{"current": "linked"}'); end if;
  if exists (select from people p where p.subject = login) then return refuse(c, me, 'login-taken'); end if;
  insert into people (subject, role, name) values (login, 'doctor', was.name) returning * into person;
  update doctors x set person_id = person.id, changed_by = me.id, updated_at = clock_timestamp(), version = x.version + 1
  where x.id = was.id returning * into d;
  return done(c, me, 'doctor.link', 'doctor', d.id, null, doctor_audit(was) || '{"personId": null}',
    doctor_audit(d) || jsonb_build_object('personId', d.person_id), doctor_json(d));
end $$;
