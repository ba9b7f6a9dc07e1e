-- Lock order everywhere: location, doctor, patient, slots by id, appointment, case.

-- The patient of the caller's act, locked so that one patient's verbs follow one another. Patients are themselves, with an
-- active record; staff name the patient, whose record may be switched off (see inactive_state). Null when there is none.
create function lock_patient(me people, patient uuid) returns patients language plpgsql as $$
declare p patients;
begin
  if me.role = 'staff' then
    select * into p from patients t where t.id = patient for no key update;
  else
    select * into p from patients t
    where t.person_id = me.id and (patient is null or t.id = patient) and t.active and t.merged_into is null
    for no key update;
  end if;
  return p;
end $$;

-- The data of `wrong-state` for a patient whose record is switched off, or merged into another.
create function inactive_state(p patients) returns jsonb language plpgsql stable as $$
begin
  return wrong_state(case when p.merged_into is null then 'patient-inactive' else 'patient-merged' end, null);
end $$;

-- The patient of an act on a hold, locked. Patients act for themselves; staff for the holder, who must be
-- the patient they name, if they name one. Null when there is no such patient.
create function lock_holder(me people, hold uuid, patient uuid default null) returns patients language plpgsql as $$
declare holder uuid;
begin
  if me.role <> 'staff' then return lock_patient(me, patient); end if;
  select s.held_by into holder from slots s where s.id = slot_of_hold(hold) and s.hold_id = hold;
  if patient <> holder then return null; end if;
  return lock_patient(me, coalesce(patient, holder));
end $$;
