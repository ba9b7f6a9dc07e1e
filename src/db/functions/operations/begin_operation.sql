-- Begins a caller's transaction of several steps. Returns the kept answer of its Idempotency-Key, or `begun` with the
-- caller's id and the id for an operation. Changes of the clinic calendar queue for the locks of locations and doctors. So
-- they wait longer than a patient's verb (the role's lock_timeout).
create function begin_operation(c caller) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; earlier jsonb;
begin
  me := require_caller(c);
  perform set_config('lock_timeout', '4s', true);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  return jsonb_build_object('kind', 'begun', 'actorId', me.id, 'operationId', uuidv7());
end $$;
