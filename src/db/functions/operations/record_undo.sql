-- Marks operation `operation` as the one that takes `undone` back, and records the appointments that stay where they are:
-- `kept`, `{appointmentId, why}`. `appointments_count`: how many it is about in all.
create function record_undo(operation uuid, undone uuid, appointments_count int, kept jsonb) returns boolean
language plpgsql security definer set search_path from current as $$
begin
  update operations o set undo_of = undone, displaced = appointments_count where o.id = operation;
  insert into operation_items (operation_id, appointment_id, patient_id, from_slot_id, from_doctor_id, from_location_id,
    from_starts_at, from_ends_at, state, explanation, decided_at)
  select operation, a.id, a.patient_id, coalesce(a.slot_id, i.to_slot_id, i.from_slot_id), a.doctor_id, a.location_id,
    a.starts_at, a.ends_at, 'kept', x.why, clock_timestamp()
  from jsonb_to_recordset(kept) x("appointmentId" uuid, why jsonb)
    join appointments a on a.id = x."appointmentId"
    join operation_items i on i.operation_id = undone and i.appointment_id = a.id;
  return true;
end $$;
