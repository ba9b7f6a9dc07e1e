-- Cancels the locked appointment `was` and frees its slot.
create function cancel_locked(
  me people, was appointments, at timestamptz, reason_by text, reason_code text, note text
) returns appointments language plpgsql as $$
declare a appointments;
begin
  update appointments x set status = 'cancelled', slot_id = null, cancelled_by = reason_by, cancel_code = reason_code,
    cancel_note = note, changed_by = me.id, updated_at = at, version = x.version + 1
  where x.id = was.id returning * into a;
  perform free_slot(was.slot_id);
  return a;
end $$;

-- Cancels the locked appointment `was` and writes the answer.
create function cancel_for(
  c caller, me people, was appointments, at timestamptz, reason_by text, reason_code text, note text,
  override text default null
) returns jsonb language plpgsql as $$
declare a appointments := cancel_locked(me, was, at, reason_by, reason_code, note); due timestamptz;
begin
  due := notify_later(a, was.starts_at);
  return done(c, me, 'appointment.cancel', 'appointment', a.id, a.patient_id, appointment_audit(was),
    appointment_audit(a), appointment_json(a), override, due);
end $$;
