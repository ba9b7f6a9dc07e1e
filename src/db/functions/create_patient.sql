-- Staff open a record for a patient. `details`: number, name, date_of_birth, email, phone and language. Without a number the
-- patient gets the clinic's next one, without a language the first that the clinic offers. The answer names records that may
-- be of the same person.
create function create_patient(c caller, details jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; p patients; earlier jsonb; others jsonb; given patients := jsonb_populate_record(null::patients, details);
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  if given.date_of_birth > clinic_today() then return refuse(c, me, 'not-born-yet'); end if;
  if given.language is not null and not is_offered(given.language) then
    return refuse(c, me, 'unknown-language', offered_languages());
  end if;
  given.e164 := e164(given.phone, clinic_country());
  if given.phone is not null and given.e164 is null then return refuse(c, me, 'no-such-phone'); end if;
  if exists (select from patients t where t.number_search = number_key(given.number)) then
    return refuse(c, me, 'number-taken');
  end if;
  insert into patients (number, name, date_of_birth, email, phone, e164, language, changed_by)
  values (coalesce(given.number, 'P-' || nextval('patient_numbers')), given.name, given.date_of_birth, given.email,
    given.phone, given.e164, coalesce(given.language, (select y.locales[1] from policy y)), me.id)
  returning * into p;
  others := possible_duplicates(p);
  perform record_list(c, me, 'patient.search', array(select (x ->> 'id')::uuid from jsonb_array_elements(others) x));
  return done(c, me, 'patient.create', 'patient', p.id, p.id, null, patient_json(p),
    patient_json(p) || jsonb_build_object('possibleDuplicates', others));
end $$;
