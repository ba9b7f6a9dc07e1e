-- The patient, or staff in their name, agrees to a move that the clinic made. It is free, and there is no notification.
create function accept_move(c caller, appointment uuid, versions int[], patient uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; p patients; was appointments; a appointments; earlier jsonb; stale jsonb;
begin
  me := require_caller(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  stale := stale_version(me, appointment, versions);
  if stale is not null then return refuse(c, me, 'version-conflict', stale); end if;
  p := lock_patient_of(me, appointment, patient, inactive_too => true);
  was := lock_appointment(p, appointment);
  if was.id is null then return refuse(c, me, 'not-found'); end if;
  if was.version <> all (versions) then
    return refuse(c, me, 'version-conflict', version_conflict(me, was.changed_by, was.updated_at, was.location_id));
  end if;
  if was.status <> 'moved' then return refuse(c, me, 'wrong-state', wrong_state(was.status, was.location_id)); end if;
  if not p.active then return refuse(c, me, 'wrong-state', inactive_state(p)); end if;
  a := accept_locked(me, was);
  return done(c, me, 'appointment.accept', 'appointment', a.id, p.id, appointment_audit(was), appointment_audit(a),
    appointment_json(a));
end $$;
