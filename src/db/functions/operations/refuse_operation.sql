-- Keeps why a caller's transaction of several steps was refused, after it was rolled back. `why`: `code` and its data.
create function refuse_operation(c caller, why jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; earlier jsonb;
begin
  me := require_caller(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  return refuse(c, me, why ->> 'code', why - 'code');
end $$;
