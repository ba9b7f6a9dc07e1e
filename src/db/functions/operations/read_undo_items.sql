-- The appointments that an operation displaced, as they stand now, and by which limits they may be moved: `items`
-- (`UndoItem[]`) and `limits` (`UndoLimits`, src/domain/calendar/undo.ts).
create function read_undo_items(operation uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare at timestamptz := clock_timestamp(); rules policy;
begin
  select * into rules from policy;
  return jsonb_build_object(
    'limits', jsonb_build_object('freezeHours', rules.freeze_hours, 'minNoticeMinutes', rules.min_notice_minutes),
    'items', (
      select coalesce(jsonb_agg(jsonb_build_object('appointmentId', a.id, 'patientId', a.patient_id,
        'from', jsonb_build_object('doctorId', i.from_doctor_id, 'locationId', i.from_location_id,
          'startsAt', ms(i.from_starts_at), 'endsAt', ms(i.from_ends_at)),
        'leftVersion', i.left_version, 'unansweredFrom', i.unanswered_from,
        'to', case when i.state = 'moved' then jsonb_build_object('doctorId', i.to_doctor_id,
          'locationId', i.to_location_id, 'startsAt', ms(i.to_starts_at), 'endsAt', ms(i.to_ends_at)) end,
        'movedFrom', a.moved_from, 'status', a.status, 'version', a.version, 'slotId', a.slot_id, 'at', place_json(a),
        'stayed', stayed_where_it_was(operation, a.id),
        'busy', exists (
          select from appointments o
          where o.patient_id = a.patient_id and o.id <> a.id and o.slot_id is not null and not o.overlap_allowed
            and o.starts_at < i.from_ends_at and o.ends_at > i.from_starts_at),
        'held', exists (
          select from slots s
          where s.doctor_id = i.from_doctor_id
            and s.clinic_date between i.from_starts_at::date - 1 and i.from_starts_at::date + 1
            and s.starts_at = i.from_starts_at and s.hold_expires_at > at))
        order by i.from_starts_at, i.appointment_id), '[]')
      from operation_items i join appointments a on a.id = i.appointment_id where i.operation_id = operation));
end $$;
