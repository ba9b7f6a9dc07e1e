-- The answer that this request's Idempotency-Key already has; null when the verb may run. Of two requests with one key at
-- once, the second finds the lock taken ("in flight"), or the first one's answer. The answer is read after the lock, in a
-- statement of its own: its snapshot shows it.
create function first_answer(c caller, me people) returns jsonb language plpgsql as $$
declare my_turn boolean; kept idempotency_keys;
begin
  if c.idempotency_key is null then return null; end if;
  my_turn := pg_try_advisory_xact_lock(hashtextextended(c.idempotency_key, hashtext(me.id::text)));
  select * into kept from idempotency_keys k where k.person_id = me.id and k.key = c.idempotency_key;
  if found then
    if kept.request_hash <> c.request_hash then return '{"kind": "key-reused"}'; end if;
    if kept.refusal is not null then return jsonb_build_object('kind', 'refused', 'why', kept.refusal); end if;
    return jsonb_build_object('kind', 'done', 'result', with_contact(kept.result), 'replayed', true, 'dueAt', null);
  end if;
  if not my_turn then return '{"kind": "key-in-flight"}'; end if;
  return null;
end $$;
