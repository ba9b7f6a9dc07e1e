-- Leaves appointments of an operation to a person, each with why: `{appointmentId, why}`. False: the lease is lost.
create function leave_to_person(operation uuid, lease uuid, left_out jsonb) returns boolean
language plpgsql security definer set search_path from current as $$
begin
  if not renew_lease(operation, lease) then return false; end if;
  with visits as materialized (
    select a.id, a.version, x.why from jsonb_to_recordset(left_out) x("appointmentId" uuid, why jsonb)
      join appointments a on a.id = x."appointmentId"
    where a.status = 'to-place' order by a.id for no key update of a),
  decided as (
    update operation_items i set state = 'to-place', left_version = v.version,
      -- Nothing is free because others have taken it: an earlier plan has noted that.
      explanation = case when v.why ->> 'code' = 'no-slot' then coalesce(i.explanation, v.why) else v.why end,
      decided_at = clock_timestamp()
    from visits v where i.operation_id = operation and i.appointment_id = v.id and i.state = 'pending'
    returning i.appointment_id, i.explanation)
  update cases k set why = d.explanation, changed_by = null, updated_at = clock_timestamp(), version = k.version + 1
  from decided d where k.appointment_id = d.appointment_id and k.status = 'open';
  return true;
end $$;
