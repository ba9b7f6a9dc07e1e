-- An administrator erases a patient (GDPR article 17): the values that tell who it was, in every table, also of records that
-- were merged into this one. The record must be switched off, with nothing booked and no notification due. The appointments
-- stay, without a name. Entries of the audit trail keep ids, instants and codes (docs/decisions/0026).
create function erase_patient(c caller, patient uuid, versions int[]) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; was patients; p patients; earlier jsonb; line uuid[]; obstacle text;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  if not may_administer(c, me) then return refuse_administration(c, me); end if;
  line := merged_with(patient);
  perform from patients t where t.id = any(line) order by t.id for no key update;
  select * into was from patients t where t.id = patient;
  if was.id is null then return refuse(c, me, 'not-found'); end if;
  if was.version <> all (versions) then
    return refuse(c, me, 'version-conflict', record_conflict(was.changed_by, was.updated_at));
  end if;
  obstacle := case when was.erased_at is not null then 'erased' when was.merged_into is not null then 'merged'
    when was.active then 'active' when exists (select from still_booked(was.id, clock_timestamp())) then 'booked'
    when exists (select from outbox o where o.patient_id = any(line) and o.due_at is not null) then 'notifying' end;
  if obstacle is not null then
    return refuse(c, me, 'wrong-state', jsonb_build_object('current', obstacle));
  end if;
  perform erase_texts(line);
  perform erase_records(me, line);
  select * into p from patients t where t.id = patient;
  return done(c, me, 'patient.erase', 'patient', p.id, p.id, null, erase_entries(line), patient_json(p));
end $$;
