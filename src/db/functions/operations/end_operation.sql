-- Keeps the answer of a caller's transaction of several steps, as its last step. The steps have written their audit rows.
create function end_operation(c caller, result jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people;
begin
  me := require_caller(c);
  return done_already(c, me, result);
end $$;
