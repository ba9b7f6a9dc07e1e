-- The answer of a verb that changed nothing, with what the caller must know beside the code. A refusal is kept as well.
-- Otherwise a statement that arrives late could do what its repetition was refused. Refusals of the request itself (400,
-- 412, 428) are not kept: the caller corrects it and asks again. They stay true for a late statement, because versions only
-- rise.
create function refuse(c caller, me people, code text, detail jsonb default '{}') returns jsonb language plpgsql as $$
declare why jsonb := jsonb_build_object('code', code) || detail;
begin
  if c.idempotency_key is not null and code not in (
    'invalid-request', 'not-born-yet', 'unknown-language', 'out-of-order', 'same-record',
    'no-such-survivor', 'no-such-patient', 'no-such-slot', 'not-in-future', 'too-far-ahead', 'version-conflict',
    'preview-stale', 'precondition-required', 'step-up-required'
  ) then
    -- A server that goes down loses its late statements too. So there is no need to wait for the disk.
    perform set_config('synchronous_commit', 'off', true);
    insert into idempotency_keys (person_id, key, request_hash, refusal)
    values (me.id, c.idempotency_key, c.request_hash, why);
  end if;
  return jsonb_build_object('kind', 'refused', 'why', why);
end $$;
