-- The appointments that an operation must still place: `Stock`. If the patient, staff or a later operation cancelled or
-- moved one, its item now says so. Null: the lease is lost.
create function take_stock(operation uuid, lease uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
begin
  if not renew_lease(operation, lease) then return null; end if;
  update operation_items i set state = case a.status when 'cancelled' then 'cancelled' else 'moved' end,
    to_slot_id = a.slot_id,
    to_doctor_id = case when a.slot_id is not null then a.doctor_id end,
    to_location_id = case when a.slot_id is not null then a.location_id end,
    to_starts_at = case when a.slot_id is not null then a.starts_at end,
    to_ends_at = case when a.slot_id is not null then a.ends_at end,
    explanation = '{"code": "elsewhere"}', decided_at = clock_timestamp()
  from appointments a
  where i.operation_id = operation and i.state = 'pending' and a.id = i.appointment_id and a.status <> 'to-place';
  return reassignment_stock(array(select w from displaced_appointments(array(
    select i.appointment_id from operation_items i where i.operation_id = operation and i.state = 'pending')) w));
end $$;
