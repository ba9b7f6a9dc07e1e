-- Ends an operation that no appointment waits in any more. Returns when its last notification falls due; null when the
-- lease is lost, or an appointment still waits.
create function finish_operation(operation uuid, lease uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
begin
  update operations o set phase = 'done', finished_at = clock_timestamp(), lease_id = null, lease_until = null,
    proof = coalesce(o.proof, '{"placed": 0, "cost": 0, "bound": 0}')
  where o.id = operation and o.lease_id = lease and not exists (
    select from operation_items i where i.operation_id = o.id and i.state = 'pending');
  if not found then return null; end if;
  return jsonb_build_object('dueAt', (
    select ms(max(b.due_at)) from operation_items i
      join outbox b on b.appointment_id = i.appointment_id and b.patient_id = i.patient_id
    where i.operation_id = operation));
end $$;
