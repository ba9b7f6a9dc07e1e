-- An operation for the Worker: `OperationRow`.
create function operation_json(o operations) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('id', o.id, 'change', o.change, 'changed', coalesce(o.before -> 'changed', '[]'),
    'actor', (select jsonb_build_object('id', p.id, 'name', p.name) from people p where p.id = o.actor_id),
    'createdAt', ms(o.created_at), 'finishedAt', ms(o.finished_at), 'phase', o.phase, 'displaced', o.displaced,
    'undoOf', o.undo_of, 'undoneBy', (select u.id from operations u where u.undo_of = o.id),
    'now', ms(clock_timestamp()), 'zone', (select c.time_zone from clinic c),
    'counts', (
      select jsonb_build_object('pending', count(*) filter (where i.state = 'pending'),
        'moved', count(*) filter (where i.state = 'moved'), 'toPlace', count(*) filter (where i.state = 'to-place'),
        'cancelled', count(*) filter (where i.state = 'cancelled'), 'kept', count(*) filter (where i.state = 'kept'))
      from operation_items i where i.operation_id = o.id));
end $$;

-- One appointment of an operation for the Worker, and what became of it: `OperationItemRow`. `previewed`: what the preview
-- showed of it, null where it showed nothing.
create function operation_item_json(i operation_items, previewed jsonb) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('appointmentId', i.appointment_id, 'patientId', i.patient_id,
    'patientName', (select t.name from patients t where t.id = i.patient_id), 'state', i.state,
    'explanation', i.explanation, 'decidedAt', ms(i.decided_at), 'previewed', previewed,
    'from', jsonb_build_object('doctorId', i.from_doctor_id, 'locationId', i.from_location_id,
      'startsAt', ms(i.from_starts_at), 'endsAt', ms(i.from_ends_at),
      'zone', (select l.time_zone from locations l where l.id = i.from_location_id)),
    'to', case when i.to_slot_id is not null then jsonb_build_object('slotId', i.to_slot_id,
      'doctorId', i.to_doctor_id, 'locationId', i.to_location_id,
      'startsAt', ms(i.to_starts_at), 'endsAt', ms(i.to_ends_at),
      'zone', (select l.time_zone from locations l where l.id = i.to_location_id)) end);
end $$;
