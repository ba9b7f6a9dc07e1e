-- A patient's record for the Worker: `PatientRow`. The audit trail keeps the same.
create function patient_json(p patients) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('id', p.id, 'number', p.number, 'name', p.name, 'dateOfBirth', p.date_of_birth,
    'email', p.email, 'phone', p.phone, 'phoneE164', p.e164, 'language', p.language, 'reminders', p.reminders,
    'keepsLocation', p.keeps_location, 'active', p.active, 'inactiveBecause', p.inactive_because,
    'hasLogin', p.person_id is not null, 'loginBlocked', p.login_blocked, 'mergedInto', p.merged_into,
    'erased', p.erased_at is not null,
    'mailStopped', (select u.reason from suppressions u where u.address = lower(p.email)), 'version', p.version);
end $$;

-- The patient's preferences for the Worker: `PreferencesRow`.
create function preferences_json(p patients) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('language', language_of(p), 'reminders', p.reminders,
    'languages', (select to_jsonb(y.locales) from policy y), 'email', p.email,
    'mailStopped', exists (select from suppressions u where u.address = lower(p.email)), 'version', p.version);
end $$;

-- The language of mails to a patient: their own if the clinic offers it, otherwise the first offered. What they chose stays
-- in their record.
create function language_of(p patients) returns text language plpgsql stable as $$
declare own text := split_part(p.language, '-', 1); offered text[];
begin
  select y.locales into offered from policy y;
  return case when own = any(offered) then own else offered[1] end;
end $$;

-- Whether the clinic writes in a language.
create function is_offered(wanted text) returns boolean language plpgsql stable as $$
begin
  return wanted = any((select y.locales from policy y)::text[]);
end $$;

-- The data of `unknown-language`: the languages to choose from.
create function offered_languages() returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('languages', (select to_jsonb(y.locales) from policy y));
end $$;
