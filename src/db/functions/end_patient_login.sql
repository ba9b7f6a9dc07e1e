-- A patient's login ends, for example because it was linked to the wrong record. It can be linked again by its verified
-- address, unless `block` keeps every login out until staff allow one. Where nothing would change there is nothing to do.
create function end_patient_login(c caller, patient uuid, versions int[], block boolean) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; was patients; p patients; earlier jsonb;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  select * into was from patients t where t.id = patient for no key update;
  if was.id is null then return refuse(c, me, 'not-found'); end if;
  if was.version <> all (versions) then
    return refuse(c, me, 'version-conflict', record_conflict(was.changed_by, was.updated_at));
  end if;
  if was.person_id is null and (was.login_blocked or not block) then
    return done_already(c, me, patient_json(was));
  end if;
  perform end_login(was.person_id);
  update patients t set person_id = null, login_blocked = t.login_blocked or block, changed_by = me.id, updated_at = clock_timestamp(), version = t.version + 1
  where t.id = was.id returning * into p;
  return done(c, me, 'patient.unlink', 'patient', p.id, p.id,
    patient_json(was) || jsonb_build_object('personId', was.person_id), patient_json(p) || '{"personId": null}',
    patient_json(p));
end $$;
