-- Begins a caller's transaction of several steps: the answer that its Idempotency-Key already has, or `begun`, with the
-- caller's id and the id under which the transaction may record an operation. Changes of the clinic calendar queue for the
-- locks of locations and doctors, so they wait longer than a patient's verb does (the role's lock_timeout).
create function begin_operation(c caller) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; earlier jsonb;
begin
  me := require_caller(c);
  perform set_config('lock_timeout', '4s', true);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  return jsonb_build_object('kind', 'begun', 'actorId', me.id, 'operationId', uuidv7());
end $$;
