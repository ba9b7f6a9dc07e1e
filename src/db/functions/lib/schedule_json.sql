-- A public holiday at one location: `HolidayRow`.
create function holiday_json(h holidays) returns jsonb language sql stable
return jsonb_build_object('id', h.id, 'locationId', h.location_id, 'date', h.date, 'name', h.name, 'source', h.source);

-- A slot as staff see it: `StaffSlotRow`.
create function staff_slot_json(s slots) returns jsonb language plpgsql stable as $$
begin
  return slot_json(s) || jsonb_build_object('status', s.status, 'closedBy', s.closed_by, 'appointmentId', s.appointment_id);
end $$;

-- A slot that staff made or changed, as the audit trail keeps it.
create function slot_audit(s slots) returns jsonb language sql stable
return jsonb_build_object('doctorId', s.doctor_id, 'locationId', s.location_id, 'startsAt', s.starts_at,
  'endsAt', s.ends_at, 'status', s.status, 'closedBy', s.closed_by, 'byHand', s.by_hand);
