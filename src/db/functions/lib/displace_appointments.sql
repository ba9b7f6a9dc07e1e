-- Takes appointments out of their slots for operation `operation`. They become `to-place`. Each gets an item of the
-- operation, a placement case, an audit row and a notification. `lost` are the appointments as they were, by start and id.
-- Returns when the last notification falls due. One statement a table, because a holiday displaces thousands.
create function displace_appointments(c caller, me people, lost appointments[], operation uuid, because text)
returns timestamptz language plpgsql as $$
declare at timestamptz := clock_timestamp(); frozen_for interval; latest timestamptz;
begin
  select make_interval(hours => p.freeze_hours) into frozen_for from policy p;
  update appointments x set status = 'to-place', slot_id = null, changed_by = me.id, updated_at = clock_timestamp(),
    version = x.version + 1
  where x.id = any(array(select b.id from unnest(lost) b));
  insert into operation_items (operation_id, appointment_id, patient_id, from_slot_id, from_doctor_id, from_location_id,
    from_starts_at, from_ends_at, unanswered_from)
  select operation, b.id, b.patient_id, b.slot_id, b.doctor_id, b.location_id, b.starts_at, b.ends_at, b.moved_from
  from unnest(lost) b;
  -- Within the freeze all cases are due at one moment, and the queue is ordered by their ids. So this order is the queue's.
  insert into cases (appointment_id, reason, request_id, operation_id, due_at)
  select b.id, because, c.request_id, operation, date_trunc('milliseconds', greatest(at, b.starts_at - frozen_for))
  from unnest(lost) b;
  insert into audit (actor_id, patient_id, action, entity, entity_id, before, after, request_id)
  select me.id, b.patient_id, 'appointment.displace', 'appointment', b.id, appointment_audit(b),
    appointment_audit(a) || jsonb_build_object('because', because, 'operationId', operation), c.request_id
  from unnest(lost) b join appointments a on a.id = b.id;
  select max(notify_later(b)) into latest from unnest(lost) b;
  return latest;
end $$;
