-- Takes appointment `was` out of its slot for operation `operation`: it becomes `to-place`, an item of the operation, with a
-- placement case, an audit row and a notification, whose due time is returned. `at`: the moment of the step, one for all
-- that it displaces, so that cases due at once queue in the order of their ids.
create function displace_appointment(
  c caller, me people, was appointments, operation uuid, because text, at timestamptz
) returns timestamptz language plpgsql as $$
declare a appointments; freeze_hours int := (select p.freeze_hours from policy p);
begin
  update appointments x set status = 'to-place', slot_id = null, changed_by = me.id, updated_at = clock_timestamp(),
    version = x.version + 1
  where x.id = was.id returning * into a;
  insert into operation_items (operation_id, appointment_id, patient_id, from_slot_id, from_doctor_id, from_location_id,
    from_starts_at, from_ends_at, unanswered_from)
  values (operation, was.id, was.patient_id, was.slot_id, was.doctor_id, was.location_id, was.starts_at, was.ends_at,
    was.moved_from);
  insert into cases (appointment_id, reason, request_id, operation_id, due_at)
  values (a.id, because, c.request_id, operation,
    date_trunc('milliseconds', greatest(at, a.starts_at - make_interval(hours => freeze_hours))));
  insert into audit (actor_id, patient_id, action, entity, entity_id, before, after, request_id)
  values (me.id, a.patient_id, 'appointment.displace', 'appointment', a.id, appointment_audit(was),
    appointment_audit(a) || jsonb_build_object('because', because, 'operationId', operation), c.request_id);
  return notify_later(a);
end $$;
