-- Staff put an appointment directly into a free slot, without a hold. It is one that must be placed, by its case
-- (`placement`) or itself (`appointment`). Or it moves from another slot, which becomes free. The change budget does not
-- count it. `agreed`: the patient has said yes already, otherwise they are asked as after any move by the clinic.
-- `override`: why staff set aside the freeze, a closed slot, one that does not suit, or an overlap. `late_only`: only into a
-- late opening.
create function place_appointment(
  c caller, appointment uuid, placement uuid, versions int[], slot uuid, agreed boolean, override text, late_only boolean
) returns jsonb language plpgsql security definer set search_path from current as $$
declare
  me people; p patients; was appointments; a appointments; k cases; s slots; r free_rules; earlier jsonb; stale jsonb; other uuid;
  unsuitable text; is_there boolean; due timestamptz;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  if placement is null then stale := stale_version(me, appointment, versions); end if;
  if stale is not null then return refuse(c, me, 'version-conflict', stale); end if;
  appointment := coalesce(appointment, appointment_of_case(placement));
  p := lock_patient_of(me, appointment, inactive_too => true);
  was := lock_appointment(p, appointment, slot => slot);
  if was.id is null then return refuse(c, me, 'not-found'); end if;
  k := lock_case(was, placement);
  r := free_rules_for(true, p.id);
  if is_claimed_by_another(me, k, r.at) then return refuse(c, me, 'case-claimed', case_claimed(k, was.location_id)); end if;
  if placement is null and was.version <> all (versions) then
    return refuse(c, me, 'version-conflict', version_conflict(me, was.changed_by, was.updated_at, was.location_id));
  end if;
  if placement is not null and k.version <> all (versions) then
    return refuse(c, me, 'version-conflict', version_conflict(me, k.changed_by, k.updated_at, was.location_id));
  end if;
  if placement is not null and k.status <> 'open' then
    return refuse(c, me, 'wrong-state', wrong_state(k.status, was.location_id));
  end if;
  if was.status not in ('booked', 'moved', 'to-place') then
    return refuse(c, me, 'wrong-state', wrong_state(was.status, was.location_id));
  end if;
  if not p.active then return refuse(c, me, 'wrong-state', inactive_state(p)); end if;
  if override is null and is_frozen(was, r.at) then return refuse(c, me, 'frozen', frozen('appointment')); end if;
  select * into s from slots x where x.id = slot;
  is_there := s.id is not null;
  if override is not null then s.status := 'open'; end if;
  if not is_there or (late_only and is_free(s, r) and not s.late_opening) then
    return refuse(c, me, case when late_only then 'not-found' else 'no-such-slot' end);
  end if;
  if not is_free(s, r) then
    return refuse(c, me, 'slot-taken', jsonb_build_object('alternatives', nearest_free(me, p.id, slot, moving => was.id)));
  end if;
  unsuitable := why_unsuitable(was, p, s);
  if unsuitable is not null and override is null then
    return refuse(c, me, 'slot-unsuitable', jsonb_build_object('because', unsuitable));
  end if;
  other := overlapping_appointment(p.id, s, was.id);
  if other is not null and override is null then
    return refuse(c, me, 'overlaps-own-appointment', jsonb_build_object('appointmentId', other));
  end if;
  update appointments x set status = case when agreed then 'booked' else 'moved' end,
    moved_at = case when not agreed then r.at end, moved_from = case when not agreed then last_agreed(was) end,
    slot_id = s.id, doctor_id = s.doctor_id, location_id = s.location_id, starts_at = s.starts_at, ends_at = s.ends_at,
    overlap_allowed = other is not null, changed_by = me.id, updated_at = r.at, version = x.version + 1
  where x.id = was.id returning * into a;
  perform free_slot(was.slot_id);
  perform take_slot(a);
  due := notify_later(a, was.starts_at);
  return done(c, me, 'appointment.place', 'appointment', a.id, p.id, appointment_audit(was), appointment_audit(a),
    appointment_json(a), override, due);
end $$;
