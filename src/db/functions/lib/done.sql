-- The answer of a verb that changed something: writes the audit row and keeps the answer for repetitions.
-- `override_reason`: why staff set a rule aside. `due_at`: when the patient's notification falls due, if there is one. What
-- a link in a mail allowed has that way in `after`.
create function done(
  c caller, me people, action text, entity text, entity_id uuid, patient_id uuid, was jsonb, becomes jsonb, result jsonb,
  override_reason text default null, due_at timestamptz default null
) returns jsonb language plpgsql as $$
begin
  insert into audit (actor_id, patient_id, action, entity, entity_id, before, after, reason, request_id)
  values (me.id, done.patient_id, done.action, done.entity, done.entity_id, was,
    case when c.role = 'mail-link' then becomes || '{"way": "mail-link"}' else becomes end, override_reason, c.request_id);
  return done_already(c, me, result, due_at);
end $$;

-- The answer of a verb that found everything as asked for: nothing was changed and nothing is audited. It is kept without
-- contact data.
create function done_already(c caller, me people, result jsonb, due_at timestamptz default null) returns jsonb
language plpgsql as $$
begin
  if c.idempotency_key is not null then
    insert into idempotency_keys (person_id, key, request_hash, result)
    values (me.id, c.idempotency_key, c.request_hash, without_contact(me, done_already.result));
  end if;
  return jsonb_build_object('kind', 'done', 'result', result, 'replayed', false, 'dueAt', ms(due_at));
end $$;
