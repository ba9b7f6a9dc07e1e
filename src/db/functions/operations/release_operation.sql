-- Gives an operation back, so that another run may go on with it at once. False: the lease was lost.
create function release_operation(operation uuid, lease uuid) returns boolean
language plpgsql security definer set search_path from current as $$
begin
  update operations o set lease_id = null, lease_until = null where o.id = operation and o.lease_id = lease;
  return found;
end $$;
