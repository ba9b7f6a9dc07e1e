-- Staff correct a patient's record, or switch it off. A patient who is switched off gets no bookings, and their login and
-- holds end. Their appointments stay, and the answer names them. With `cancels` they are cancelled with the reason of the
-- record. `changes`: columns with their new values.
create function change_patient(c caller, patient uuid, versions int[], changes jsonb, cancels boolean) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  me people; was patients; p patients; earlier jsonb; at timestamptz; ends boolean; ended record; due timestamptz;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  select * into was from patients t where t.id = patient for no key update;
  if was.id is null then return refuse(c, me, 'not-found'); end if;
  if was.version <> all (versions) then
    return refuse(c, me, 'version-conflict', record_conflict(was.changed_by, was.updated_at));
  end if;
  if was.merged_into is not null then return refuse(c, me, 'wrong-state', '{"current": "merged"}'); end if;
  if was.erased_at is not null then return refuse(c, me, 'wrong-state', '{"current": "erased"}'); end if;
  p := jsonb_populate_record(was, changes);
  if changes ? 'date_of_birth' and p.date_of_birth > clinic_today() then return refuse(c, me, 'not-born-yet'); end if;
  if changes ? 'language' and not is_offered(p.language) then
    return refuse(c, me, 'unknown-language', offered_languages());
  end if;
  if changes ? 'phone' then p.e164 := e164(p.phone, clinic_country()); end if;
  if changes ? 'phone' and p.phone is not null and p.e164 is null then
    return refuse(c, me, 'no-such-phone');
  end if;
  if exists (select from patients t where t.number_search = number_key(p.number) and t.id <> was.id) then
    return refuse(c, me, 'number-taken');
  end if;
  if p.active then p.inactive_because := null; end if;
  ends := cancels and not p.active;
  at := clock_timestamp();
  if p is not distinct from was and not (ends and exists (select from still_booked(was.id, at))) then
    return done_already(c, me, patient_record(was));
  end if;
  if not p.active then perform lock_what_ends(was, ends, at); end if;
  update patients t set number = p.number, name = p.name, date_of_birth = p.date_of_birth, email = p.email,
    phone = p.phone, e164 = p.e164, language = p.language, reminders = p.reminders, keeps_location = p.keeps_location,
    login_blocked = p.login_blocked, active = p.active, inactive_because = p.inactive_because, changed_by = me.id,
    updated_at = at, version = t.version + 1
  where t.id = was.id returning * into p;
  if p.active <> was.active then perform switch_login(p.person_id, p.active); end if;
  if not p.active then perform end_holds(was, at); end if;
  if ends then
    select * into ended from cancel_still_booked(c, me, p, at);
    due := ended.due;
  end if;
  if p.active and not was.active then due := notify_again(p, at); end if;
  return done(c, me, 'patient.change', 'patient', p.id, p.id, patient_json(was), patient_json(p), patient_record(p),
    due_at => due);
end $$;
