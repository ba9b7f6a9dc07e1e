-- Until when the patient of an appointment that the clinic moved is asked to answer: never after its start.
create function answer_by(a appointments) returns timestamptz language plpgsql stable as $$
begin
  return least(a.moved_at + make_interval(hours => (select p.answer_hours from policy p)), a.starts_at);
end $$;

-- The clinic's change of an appointment that waits for its patient's answer: `MoveRow`.
create function move_json(a appointments) returns jsonb language plpgsql stable as $$
declare answer_by timestamptz := answer_by(a);
begin
  return jsonb_build_object('movedAt', ms(a.moved_at), 'answerBy', ms(answer_by),
    'because', coalesce((
      select case o.kind when 'holidays-add' then 'holiday' when 'exception-add' then 'absence'
        when 'doctor-left' then 'doctor-left' else 'schedule' end
      from operation_items i join operations o on o.id = i.operation_id
      where i.appointment_id = a.id and i.state = 'moved' order by o.created_at desc, o.id desc limit 1), 'schedule'),
    'unconfirmed', a.status = 'moved' and answer_by <= clock_timestamp(),
    'from', a.moved_from || jsonb_build_object('zone', zone_of((a.moved_from ->> 'locationId')::uuid)));
end $$;

-- An appointment for the Worker: `AppointmentRow`.
create function appointment_json(a appointments) returns jsonb language plpgsql stable as $$
declare freeze_hours int; change_budget int;
begin
  select y.freeze_hours, y.change_budget into freeze_hours, change_budget from policy y;
  return jsonb_build_object('id', a.id, 'status', a.status, 'patientId', a.patient_id,
    'patientName', (select t.name from patients t where t.id = a.patient_id),
    'doctorId', a.doctor_id, 'locationId', a.location_id, 'slotId', a.slot_id,
    'startsAt', ms(a.starts_at), 'endsAt', ms(a.ends_at),
    'zone', (select l.time_zone from locations l where l.id = a.location_id),
    'reason', a.reason,
    'cancellation', case when a.cancelled_by is not null then
      jsonb_build_object('by', a.cancelled_by, 'code', a.cancel_code, 'note', a.cancel_note) end,
    'version', a.version,
    'move', case when a.moved_at is not null then move_json(a) end,
    'freezeHours', freeze_hours,
    'changesLeft', greatest(0, change_budget - a.changes_used));
end $$;

-- An appointment as the audit trail keeps it: without the texts that people wrote.
create function appointment_audit(a appointments) returns jsonb language sql stable
return jsonb_build_object('status', a.status, 'patientId', a.patient_id, 'doctorId', a.doctor_id,
  'locationId', a.location_id, 'slotId', a.slot_id, 'startsAt', a.starts_at, 'endsAt', a.ends_at,
  'changesUsed', a.changes_used, 'overlapAllowed', a.overlap_allowed, 'cancelledBy', a.cancelled_by,
  'cancelCode', a.cancel_code, 'version', a.version);
