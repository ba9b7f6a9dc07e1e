-- The lease of an operation: the right to work on it. It ends when it is released, or when it has expired and another run
-- takes it.

-- When a lease ends that is taken or renewed now. Longer than the longest step between two calls, which is solving.
create function lease_end() returns timestamptz language sql
return clock_timestamp() + interval '30 seconds';

-- Renews a lease, which locks the operation; false when another run has taken the operation since.
create function renew_lease(operation uuid, lease uuid) returns boolean language plpgsql as $$
begin
  update operations o set lease_until = lease_end() where o.id = operation and o.lease_id = lease;
  return found;
end $$;
