-- Writes a change of the clinic calendar, after its slots were changed. It adds slots, the rows of the change itself, an
-- audit row for each thing changed, and the operation. `was`: what a slot that it changes or removes was. `impact`: what it
-- did to slots and appointments, for the audit trail. `slots_changed`: an earlier step changed slots; without that, holidays
-- that are all there already leave nothing to take back.
create function write_change(c caller, operation jsonb, new_slots jsonb, was jsonb, impact jsonb, slots_changed boolean)
returns jsonb language plpgsql security definer set search_path from current as $$
declare
  me people; change jsonb := operation -> 'change'; added slots[]; things changed_thing[]; recorded uuid;
begin
  me := require_staff(c);
  added := insert_slots(new_slots);
  things := array(select t from change_things(me, change, added, was) t);
  insert into audit (actor_id, action, entity, entity_id, before, after, request_id)
  select me.id, x.action, x.entity, t.id, t.before, coalesce(t.after, '{}') || jsonb_build_object('impact', impact),
    c.request_id
  from unnest(things) t, audited_change(change ->> 'kind') x;
  if slots_changed or cardinality(things) > 0 then
    recorded := record_operation(c, me, operation, jsonb_build_object('changed', (
      select coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'before', t.before)), '[]') from unnest(things) t)));
  end if;
  return jsonb_build_object('operationId', recorded,
    'results', (select coalesce(jsonb_agg(t.result), '[]') from unnest(things) t));
end $$;
