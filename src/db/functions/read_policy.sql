-- The policy as it is now: `PolicyRow`.
create function read_policy(c caller) returns jsonb
language plpgsql security definer set search_path from current as $$
begin
  perform require_staff(c);
  return (select policy_json(y) from policy y);
end $$;
