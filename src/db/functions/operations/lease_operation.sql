-- Takes the named operation, or the unfinished one that was tried least. Null: none, or another run works on it.
create function lease_operation(operation uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare o operations;
begin
  select * into o from operations x
  where x.phase <> 'done' and (operation is null or x.id = operation)
    and (x.lease_until is null or x.lease_until <= clock_timestamp())
  order by x.attempts, x.created_at limit 1 for update skip locked;
  if o.id is null then return null; end if;
  update operations x set lease_id = uuidv7(), lease_until = lease_end(), attempts = x.attempts + 1
  where x.id = o.id returning * into o;
  return jsonb_build_object('operationId', o.id, 'leaseId', o.lease_id, 'attempt', o.attempts);
end $$;
