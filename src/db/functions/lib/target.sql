-- The appointment that a verb changes. Lock order: its patient, its slot and the wanted one by id, itself, its case.

-- An appointment that the caller may see: patients their own, doctors those in their slots, staff all. Null when there is
-- none.
create function visible_appointment(me people, appointment uuid) returns appointments language plpgsql stable as $$
declare a appointments; own uuid;
begin
  select * into a from appointments x where x.id = appointment;
  if me.role = 'patient' then
    select t.id into own from patients t where t.person_id = me.id;
    if a.patient_id is distinct from own then return null; end if;
  elsif me.role = 'doctor' then
    select d.id into own from doctors d where d.person_id = me.id;
    if a.doctor_id is distinct from own then return null; end if;
  end if;
  return a;
end $$;

-- The patient of an appointment that the caller may see, locked. Null when there is none, or `patient` is given and is
-- another. Null too when the patient's record was merged into another or is switched off. `inactive_too`: staff and doctors
-- get the patient of a record that is switched off.
create function lock_patient_of(me people, appointment uuid, patient uuid default null, inactive_too boolean default false)
returns patients language plpgsql as $$
declare p patients; a appointments := visible_appointment(me, appointment);
begin
  if patient <> a.patient_id then return null; end if;
  select * into p from patients t
  where t.id = a.patient_id and (t.active or (inactive_too and me.role <> 'patient')) and t.merged_into is null
  for no key update;
  return p;
end $$;

-- Locks the slot of an appointment of the locked patient `p`, the wanted slot (by id or hold), and then the appointment.
-- Returns the appointment. Null when it is not, or no longer, this patient's. A row that was read before the lock may be
-- old. So a verb judges the version of the row returned here.
create function lock_appointment(p patients, appointment uuid, hold uuid default null, slot uuid default null)
returns appointments language plpgsql as $$
declare a appointments;
begin
  if p.id is null then return null; end if;
  perform from slots s
  where s.id in (slot, (select x.slot_id from appointments x where x.id = appointment))
    or (s.id = slot_of_hold(hold) and s.hold_id = hold)
  order by s.id for update;
  select * into a from appointments x where x.id = appointment and x.patient_id = p.id for no key update;
  return a;
end $$;

-- The data of `version-conflict` if an appointment that the caller may see has another version than these; otherwise null.
-- Versions only rise, so this needs no lock: an overtaken caller learns it without waiting for a third one.
create function stale_version(me people, appointment uuid, versions int[]) returns jsonb language plpgsql stable as $$
declare a appointments := visible_appointment(me, appointment);
begin
  if (a.version <> all (versions)) is not true then return null; end if;
  return version_conflict(me, a.changed_by, a.updated_at, a.location_id);
end $$;

-- The data of `version-conflict` for an appointment or its case: who changed it and when.
create function version_conflict(me people, changer uuid, changed_at timestamptz, location uuid) returns jsonb
language plpgsql stable as $$
begin
  return jsonb_build_object('changedBy', (select p.name from people p where p.id = changer),
    'own', changer is not distinct from me.id, 'changedAt', ms(changed_at), 'zone', zone_of(location));
end $$;

-- The data of `wrong-state`: the state, and the time from which the change is possible if it came too early.
create function wrong_state(current_state text, location uuid, possible_from timestamptz default null) returns jsonb
language plpgsql stable as $$
begin
  return jsonb_build_object('current', current_state, 'possibleFrom', ms(possible_from), 'zone', zone_of(location));
end $$;

-- Whether patients can no longer change the appointment: the freeze begins at start minus `freezeHours` exactly. An
-- appointment without a slot has no start any more.
create function is_frozen(a appointments, at timestamptz) returns boolean language plpgsql stable as $$
begin
  return a.slot_id is not null and a.starts_at - make_interval(hours => (select y.freeze_hours from policy y)) <= at;
end $$;

-- The data of `frozen`. `what` is frozen: the appointment as it is, or the slot wanted.
create function frozen(what text) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('what', what, 'phone', (select x.phone from clinic x));
end $$;

create function zone_of(location uuid) returns text language plpgsql stable as $$
begin
  return (select l.time_zone from locations l where l.id = location);
end $$;
