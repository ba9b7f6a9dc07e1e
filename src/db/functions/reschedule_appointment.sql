-- Moves an appointment into a slot that its patient holds. The new slot is taken and the old one freed, or nothing is
-- changed and the hold survives. The appointment keeps its id. A move of what the clinic had moved or must place is free of
-- the change budget. `override`: why staff set aside the freeze, the budget, a closed slot or another appointment then.
create function reschedule_appointment(
  c caller, appointment uuid, versions int[], patient uuid, hold uuid, override text
) returns jsonb language plpgsql security definer set search_path from current as $$
declare
  me people; p patients; was appointments; a appointments; s slots; earlier jsonb; stale jsonb; spent jsonb; limited jsonb; other uuid; counts boolean;
  recent timestamptz[]; at timestamptz; due timestamptz;
begin
  me := require_caller(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  stale := stale_version(me, appointment, versions);
  if stale is not null then return refuse(c, me, 'version-conflict', stale); end if;
  p := lock_patient_of(me, appointment, patient, inactive_too => true);
  was := lock_appointment(p, appointment, hold => hold);
  if was.id is null then return refuse(c, me, 'not-found'); end if;
  if was.version <> all (versions) then
    return refuse(c, me, 'version-conflict', version_conflict(me, was.changed_by, was.updated_at, was.location_id));
  end if;
  if was.status not in ('booked', 'moved', 'to-place') then
    return refuse(c, me, 'wrong-state', wrong_state(was.status, was.location_id));
  end if;
  if not p.active then return refuse(c, me, 'wrong-state', inactive_state(p)); end if;
  at := clock_timestamp();
  counts := override is null and was.status = 'booked';
  recent := recent_changes(p, at);
  if override is null and is_frozen(was, at) then
    return refuse(c, me, 'frozen', frozen('appointment'));
  end if;
  if counts then spent := change_budget_spent(was, recent); end if;
  if spent is not null then return refuse(c, me, 'change-budget-spent', spent); end if;
  if counts then limited := booking_limit(p, false, at); end if;
  if limited is not null then return refuse(c, me, 'booking-limit', limited); end if;
  if is_no_hold_of(me, p, hold) then return refuse(c, me, 'not-found'); end if;
  select * into s from slots x where x.id = slot_of_hold(hold) and x.hold_id = hold and x.held_by = p.id;
  if s.id is null or s.hold_expires_at <= at or s.starts_at <= at or (s.status <> 'open' and override is null) then
    return refuse(c, me, 'hold-expired', hold_expired(me, p, hold, was.id));
  end if;
  if me.role <> 'staff' and s.starts_at <= at + make_interval(mins => (select y.min_notice_minutes from policy y)) then
    return refuse(c, me, 'frozen', frozen('slot'));
  end if;
  other := overlapping_appointment(p.id, s, was.id);
  if other is not null and override is null then
    return refuse(c, me, 'overlaps-own-appointment', jsonb_build_object('appointmentId', other));
  end if;
  update appointments x set status = 'booked', slot_id = s.id, doctor_id = s.doctor_id, location_id = s.location_id,
    starts_at = s.starts_at, ends_at = s.ends_at, overlap_allowed = other is not null,
    changes_used = x.changes_used + counts::int, changed_by = me.id, updated_at = at, version = x.version + 1
  where x.id = was.id returning * into a;
  perform free_slot(was.slot_id);
  perform take_slot(a);
  if counts then perform count_change(p, recent, at); end if;
  due := notify_later(a, was.starts_at);
  return done(c, me, 'appointment.reschedule', 'appointment', a.id, p.id, appointment_audit(was), appointment_audit(a),
    appointment_json(a), override, due);
end $$;
