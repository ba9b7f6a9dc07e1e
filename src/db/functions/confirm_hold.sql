-- Turns a live hold into an appointment. It is refused when the hold has expired by the database's clock or is not the
-- patient's. It is refused when the slot has closed or begun. It is refused too when the patient has another appointment at
-- that time, or may book no more for now. Then nothing is changed and the hold survives. `override`: why staff set aside a
-- closed slot, an overlap or that limit, which it then does not count for. `patient`: whose hold it must be, where staff say
-- so. `id`: the new appointment's, for which the Worker has sealed `reason`.
create function confirm_hold(c caller, hold uuid, patient uuid, id uuid, reason text, override text) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  me people; p patients; s slots; a appointments; earlier jsonb; other uuid; limited jsonb; at timestamptz; due timestamptz;
begin
  me := require_caller(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  p := lock_holder(me, hold, patient);
  if is_no_hold_of(me, p, hold) or (p.id is null and patient is not null) then return refuse(c, me, 'not-found'); end if;
  if not p.active then return refuse(c, me, 'wrong-state', inactive_state(p)); end if;
  select * into s from slots x where x.id = slot_of_hold(hold) and x.hold_id = hold and x.held_by = p.id for update;
  at := clock_timestamp();
  if s.id is null then return refuse(c, me, 'hold-expired', hold_expired(me, p, hold)); end if;
  other := overlapping_appointment(p.id, s);
  if other is not null and override is null then
    return refuse(c, me, 'overlaps-own-appointment', jsonb_build_object('appointmentId', other));
  end if;
  if s.hold_expires_at <= at or s.appointment_id is not null or s.starts_at <= at
    or (s.status <> 'open' and override is null) then
    return refuse(c, me, 'hold-expired', hold_expired(me, p, hold));
  end if;
  if override is null then
    limited := booking_limit(p, true, at);
    if limited is not null then return refuse(c, me, 'booking-limit', limited); end if;
    perform count_booking(p, at);
  end if;
  insert into appointments (id, patient_id, doctor_id, location_id, slot_id, starts_at, ends_at, reason, overlap_allowed,
    changed_by)
  values (confirm_hold.id, p.id, s.doctor_id, s.location_id, s.id, s.starts_at, s.ends_at, confirm_hold.reason,
    other is not null, me.id)
  returning * into a;
  perform take_slot(a);
  due := notify_later(a);
  return done(c, me, 'appointment.confirm', 'appointment', a.id, p.id, null, appointment_audit(a), appointment_json(a),
    override, due);
end $$;
