-- A patient decides about their own mails. `changes`: `language` and `reminders`, each if it is to change.
create function change_preferences(c caller, versions int[], changes jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; was patients; p patients; earlier jsonb;
begin
  me := require_caller(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  was := lock_patient(me, null);
  if was.id is null then return refuse(c, me, 'not-found'); end if;
  if was.version <> all (versions) then
    return refuse(c, me, 'version-conflict', record_conflict(was.changed_by, was.updated_at));
  end if;
  p := jsonb_populate_record(was, changes);
  if changes ? 'language' and not is_offered(p.language) then
    return refuse(c, me, 'unknown-language', offered_languages());
  end if;
  if p is not distinct from was then return done_already(c, me, preferences_json(was)); end if;
  update patients t set language = p.language, reminders = p.reminders, changed_by = me.id,
    updated_at = clock_timestamp(), version = t.version + 1
  where t.id = was.id returning * into p;
  return done(c, me, 'preferences.change', 'patient', p.id, p.id,
    jsonb_build_object('language', was.language, 'reminders', was.reminders),
    jsonb_build_object('language', p.language, 'reminders', p.reminders), preferences_json(p));
end $$;
