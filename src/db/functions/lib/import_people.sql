-- Judges the doctors of a chunk and writes those without a fault.
create function import_doctors(i imports, me people, given jsonb) returns void language plpgsql as $$
declare one record; r import_rows; d doctors; made doctors[] := '{}'; there uuid;
begin
  for one in select * from given_rows(given) loop
    there := (select x.id from doctors x where x.id = id_of_source(one.source_id));
    r := import_row(i, 'doctors', one.n, one.source_id, one.findings, one.data, there);
    if r.state is null then
      d := jsonb_populate_record(null::doctors, one.data);
      d.id := coalesce(id_of_source(one.source_id), uuidv7());
      made := made || d;
      r.state := 'accepted';
      r.entity_id := d.id;
      r.session := case when i.dry_run then jsonb_build_object('slot_minutes', d.slot_minutes) end;
    end if;
    perform note_import_row(r);
  end loop;
  if i.dry_run then return; end if;
  insert into doctors (id, name, specialty, slot_minutes, changed_by)
  select x.id, x.name, x.specialty, x.slot_minutes, me.id from unnest(made) x;
end $$;

-- Judges the patients of a chunk by the rules of create_patient, and writes those without a fault. Records that may be of the
-- same person, in the clinic or in the file, are findings and no faults. The look at such records of the clinic is recorded.
create function import_patients(c caller, me people, i imports, given jsonb) returns void language plpgsql as $$
declare
  one record; r import_rows; p patients; made patients[] := '{}'; there uuid; fault jsonb; alike jsonb;
  seen uuid[] := '{}'; first_language text := (select y.locales[1] from policy y);
begin
  for one in select * from given_rows(given) loop
    there := (select x.id from patients x where x.id = id_of_source(one.source_id));
    r := import_row(i, 'patients', one.n, one.source_id, one.findings, one.data, there);
    if r.state is null then
      p := jsonb_populate_record(null::patients, '{"reminders": true, "keeps_location": false}' || one.data);
      p.id := coalesce(id_of_source(one.source_id), uuidv7());
      p.language := coalesce(p.language, first_language);
      p.e164 := e164(p.phone, clinic_country());
      p.name_search := search_text(p.name);
      r.alike := import_keys(p);
      fault := import_patient_fault(i, p, r.alike);
      if fault is null then
        r.state := 'accepted';
        r.entity_id := p.id;
        alike := possible_duplicates(p);
        seen := seen || array(select (x ->> 'id')::uuid from jsonb_array_elements(alike) x);
        r.findings := r.findings || import_twins(i, r.alike) || (
          select coalesce(jsonb_agg(jsonb_build_object('code', 'possible-duplicate', 'patientId', x -> 'id', 'same', x -> 'same')), '[]')
          from jsonb_array_elements(alike) x);
        made := made || p;
      else
        r.state := 'refused';
        r.alike := null;
        r.findings := r.findings || fault;
      end if;
    end if;
    perform note_import_row(r);
  end loop;
  perform record_list(c, me, 'patient.search', seen);
  if i.dry_run then return; end if;
  insert into patients (id, number, name, date_of_birth, email, phone, e164, language, reminders, keeps_location, changed_by)
  select x.id, coalesce(x.number, 'P-' || nextval('patient_numbers')), x.name, x.date_of_birth, x.email, x.phone, x.e164,
    x.language, x.reminders, x.keeps_location, me.id
  from unnest(made) x;
  -- From here on the records themselves are compared.
  update import_rows x set alike = null where x.import_id = i.id and x.kind = 'patients' and x.alike is not null;
end $$;

-- Why registering would refuse patient `p`; null if it would not.
create function import_patient_fault(i imports, p patients, keys text[]) returns jsonb language plpgsql stable as $$
begin
  if p.date_of_birth > clinic_today() then return import_fault('not-born-yet', 'dateOfBirth'); end if;
  if not is_offered(p.language) then return import_fault('unknown-language', 'language', offered_languages()); end if;
  if p.phone is not null and p.e164 is null then return import_fault('no-such-phone', 'phone'); end if;
  if exists (select from patients t where t.number_search = number_key(p.number)) or p.number is not null and exists (
    select from import_rows x where x.import_id = i.id and x.alike && array['k:' || number_key(p.number)]
  ) then return import_fault('number-taken', 'number'); end if;
  return null;
end $$;

-- What tells persons apart, each hashed under the name that `possible_duplicates` gives it, and the number (`k`).
create function import_keys(p patients) returns text[] language plpgsql stable as $$
begin
  return array_remove(array['name:' || md5(array_to_string(words_of(p.name_search), ' ')),
    'dateOfBirth:' || p.date_of_birth, 'email:' || md5(lower(p.email)), 'phone:' || md5(p.e164),
    'k:' || number_key(p.number)], null);
end $$;

-- Rows of the file before this one that may be of the same person, by the rule of `possible_duplicates`: findings.
create function import_twins(i imports, keys text[]) returns jsonb language plpgsql stable as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('code', 'possible-duplicate', 'row', x.row_number, 'same', x.same)
      order by x.row_number), '[]')
    from (
      select t.row_number, s.same
      from import_rows t cross join lateral (
        select array(select split_part(k, ':', 1) from unnest(keys) k where k = any(t.alike) and k not like 'k:%') as same) s
      where t.import_id = i.id and t.kind = 'patients' and t.alike && keys
        and cardinality(s.same) > 1 and s.same && array['name', 'dateOfBirth']
      order by t.row_number limit 5) x);
end $$;
