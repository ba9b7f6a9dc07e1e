-- An administrator changes the clinic's name, telephone number or zone. Its zone decides what today is for the clinic as a
-- whole; each location has a zone of its own. `changes`: columns with their new values.
create function change_clinic(c caller, versions int[], changes jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  me people; was clinic; x clinic; earlier jsonb;
  -- The one clinic has no id of its own: the audit trail knows it by this one.
  clinic_entity constant uuid := '00000000-0000-7000-8000-000000000002';
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  if not may_administer(c, me) then return refuse_administration(c, me); end if;
  select * into was from clinic for no key update;
  if was.version <> all (versions) then
    return refuse(c, me, 'version-conflict', record_conflict(was.changed_by, was.updated_at));
  end if;
  x := jsonb_populate_record(was, changes);
  if not is_time_zone(x.time_zone) then return refuse(c, me, 'unknown-zone'); end if;
  if x is not distinct from was then return done_already(c, me, clinic_json(was)); end if;
  update clinic y set name = x.name, phone = x.phone, time_zone = x.time_zone, changed_by = me.id,
    updated_at = clock_timestamp(), version = y.version + 1
  returning * into x;
  return done(c, me, 'clinic.change', 'clinic', clinic_entity, null, clinic_audit(was), clinic_audit(x), clinic_json(x));
end $$;
