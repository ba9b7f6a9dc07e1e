-- Staff transfer an appointment to another patient, for example when it was booked for the wrong one of two siblings. The
-- former patient's reason and used changes are not passed on, nor the question of an unanswered move. Both patients are
-- notified, and the audit trail has an entry for each. `override`: why the recipient's other appointment at that time
-- does not matter.
create function transfer_appointment(c caller, appointment uuid, versions int[], recipient uuid, override text)
returns jsonb language plpgsql security definer set search_path from current as $$
declare
  me people; p patients; was appointments; a appointments; earlier jsonb; stale jsonb; other uuid; due timestamptz;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  stale := stale_version(me, appointment, versions);
  if stale is not null then return refuse(c, me, 'version-conflict', stale); end if;
  -- Both patients, by id.
  perform from patients t
  where t.id in (recipient, (select x.patient_id from appointments x where x.id = appointment))
  order by t.id for no key update;
  p := lock_patient_of(me, appointment, inactive_too => true);
  was := lock_appointment(p, appointment);
  if was.id is null then return refuse(c, me, 'not-found'); end if;
  if was.version <> all (versions) then
    return refuse(c, me, 'version-conflict', version_conflict(me, was.changed_by, was.updated_at, was.location_id));
  end if;
  if was.status not in ('booked', 'moved', 'to-place') then
    return refuse(c, me, 'wrong-state', wrong_state(was.status, was.location_id));
  end if;
  if recipient = p.id or not exists (
    select from patients t where t.id = recipient and t.active and t.merged_into is null) then
    return refuse(c, me, 'no-such-patient');
  end if;
  if was.slot_id is not null then
    other := overlapping_appointment(recipient, (select s from slots s where s.id = was.slot_id));
  end if;
  if other is not null and override is null then
    return refuse(c, me, 'overlaps-own-appointment', jsonb_build_object('appointmentId', other));
  end if;
  update appointments x set patient_id = recipient, reason = null, changes_used = 0,
    status = case x.status when 'moved' then 'booked' else x.status end, overlap_allowed = other is not null,
    changed_by = me.id, updated_at = clock_timestamp(), version = x.version + 1
  where x.id = was.id returning * into a;
  due := greatest(notify_later(a, was.starts_at), notify_later(a, was.starts_at, was.patient_id));
  insert into audit (actor_id, patient_id, action, entity, entity_id, before, after, reason, request_id)
  values (me.id, recipient, 'appointment.transfer', 'appointment', a.id, appointment_audit(was), appointment_audit(a),
    override, c.request_id);
  return done(c, me, 'appointment.transfer', 'appointment', a.id, p.id, appointment_audit(was), appointment_audit(a),
    appointment_json(a), override, due);
end $$;
