-- Records an operation, `OperationStart` (src/db/verbs/calendar-changes.ts), or adds `before_change` to the one that an
-- earlier step of the transaction recorded: `{"changed": ChangedThing[]}` (src/domain/calendar/inverse.ts), what was there
-- before.
create function record_operation(c caller, me people, operation jsonb, before_change jsonb default null) returns uuid
language plpgsql as $$
declare lost int := operation -> 'displaced'; recorded uuid;
begin
  insert into operations as o (id, kind, change, before, actor_id, request_id, preview, phase, displaced, finished_at)
  values ((operation ->> 'id')::uuid, operation -> 'change' ->> 'kind', operation -> 'change', before_change, me.id,
    c.request_id, (select v.shown from previews v where v.token = operation ->> 'previewToken'),
    case when lost = 0 then 'done' else 'reassigning' end, lost,
    case when lost = 0 then clock_timestamp() end)
  on conflict (id) do update set before = coalesce(excluded.before, o.before) returning o.id into recorded;
  return recorded;
end $$;
