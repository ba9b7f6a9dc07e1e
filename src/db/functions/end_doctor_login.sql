-- A doctor's login ends, and can be given to another doctor. Without a login there is nothing to do.
create function end_doctor_login(c caller, doctor uuid, versions int[]) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; was doctors; d doctors; earlier jsonb;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  select * into was from doctors x where x.id = doctor for no key update;
  if was.id is null then return refuse(c, me, 'not-found'); end if;
  if was.version <> all (versions) then
    return refuse(c, me, 'version-conflict', record_conflict(was.changed_by, was.updated_at));
  end if;
  if was.person_id is null then return done_already(c, me, doctor_json(was)); end if;
  perform end_login(was.person_id);
  update doctors x set person_id = null, changed_by = me.id, updated_at = clock_timestamp(), version = x.version + 1
  where x.id = was.id returning * into d;
  return done(c, me, 'doctor.unlink', 'doctor', d.id, null,
    doctor_audit(was) || jsonb_build_object('personId', was.person_id), doctor_audit(d) || '{"personId": null}',
    doctor_json(d));
end $$;
