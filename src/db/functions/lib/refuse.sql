-- The answer of a verb that changed nothing, with what the caller must know beside the code.
-- A refusal is kept as well: otherwise a statement whose connection broke could arrive late and do what its repetition was
-- refused. Not kept are refusals of the request as it was put (400, 412, 428): the caller corrects it and asks again, and
-- to a late statement they stay true, because versions only rise.
create function refuse(c caller, me people, code text, detail jsonb default '{}') returns jsonb language plpgsql as $$
declare why jsonb := jsonb_build_object('code', code) || detail;
begin
  if c.idempotency_key is not null and code not in (
    'invalid-request', 'not-born-yet', 'unknown-language', 'out-of-order', 'same-record',
    'no-such-survivor', 'no-such-patient', 'no-such-slot', 'not-in-future', 'too-far-ahead', 'version-conflict',
    'preview-stale', 'precondition-required', 'step-up-required'
  ) then
    -- A server that goes down takes the late statements with it, so there is no need to wait for the disk.
    perform set_config('synchronous_commit', 'off', true);
    insert into idempotency_keys (person_id, key, request_hash, refusal)
    values (me.id, c.idempotency_key, c.request_hash, why);
  end if;
  return jsonb_build_object('kind', 'refused', 'why', why);
end $$;
