-- The present things of a set-up, a row each: the clinic, the policy, locations by name, administrators by login, our own
-- apps. `has`: what a set-up says of the thing.
create function set_up_things() returns table (thing text, key text, has jsonb) language sql stable begin atomic
  select 'clinic', '', jsonb_build_object('name', c.name, 'phone', c.phone, 'timeZone', c.time_zone) from clinic c
  union all select 'policy', '', jsonb_build_object('locales', y.locales) from policy y
  union all select 'location', l.name, jsonb_build_object('address', l.address, 'timeZone', l.time_zone,
    'country', l.country, 'region', l.region) from locations l
  union all select 'administrator', p.subject, jsonb_build_object('name', p.name) from people p
    where p.administrator and p.active
  union all select 'app', a.app, jsonb_build_object('name', a.name, 'origins', a.origins) from api_clients a where a.app is not null;
end;

-- The owner of the database sets up the clinic; the Worker's role cannot. Of each kind of thing that is missing, everything in
-- `wanted` is made. What is there is only compared: changes are for administrators. If anything differs, nothing is made.
-- Returns the things `made` and `there`, and what `differs`: `is` is null for a thing that is missing beside others of its kind.
create function set_up_clinic(wanted jsonb, request_id text) returns jsonb
language plpgsql set search_path from current as $$
declare
  differs jsonb; made jsonb := '[]'; one record; id uuid;
  clinic_entity constant uuid := '00000000-0000-7000-8000-000000000002';
  policy_entity constant uuid := '00000000-0000-7000-8000-000000000001';
begin
  -- Of two set-ups at once the second waits here, and then finds what the first one made.
  lock table clinic in share row exclusive mode;
  select coalesce(jsonb_agg(jsonb_build_object('thing', w.thing, 'key', w.key, 'is', n.has, 'wanted', w.has)), '[]')
  into differs
  from jsonb_to_recordset(wanted) as w (thing text, key text, has jsonb)
  left join set_up_things() n on n.thing = w.thing and n.key = w.key
  where n.has is distinct from w.has and w.thing <> 'app'
      and exists (select from set_up_things() x where x.thing = w.thing)
    or n.has <> w.has
    or w.thing = 'administrator' and n.has is null and exists (select from people p where p.subject = w.key);
  if differs <> '[]' then
    return jsonb_build_object('made', made, 'there', '[]'::jsonb, 'differs', differs);
  end if;
  for one in
    select w.thing, w.key, w.has, n.has is not null as is_there, w.at
    from rows from (jsonb_to_recordset(wanted) as (thing text, key text, has jsonb)) with ordinality
      as w (thing, key, has, at)
    left join set_up_things() n on n.thing = w.thing and n.key = w.key
    order by w.at
  loop
    continue when one.is_there;
    case one.thing
      when 'clinic' then
        insert into clinic (name, phone, time_zone)
        values (one.has ->> 'name', one.has ->> 'phone', one.has ->> 'timeZone');
        id := clinic_entity;
      when 'policy' then
        insert into policy (locales) select array(select jsonb_array_elements_text(one.has -> 'locales'));
        id := policy_entity;
      when 'location' then
        insert into locations as l (name, address, time_zone, country, region, position)
        values (one.key, one.has ->> 'address', one.has ->> 'timeZone', one.has ->> 'country', one.has ->> 'region', one.at)
        returning l.id into id;
      when 'administrator' then
        insert into people as p (subject, role, name, administrator) values (one.key, 'staff', one.has ->> 'name', true)
        returning p.id into id;
      when 'app' then
        insert into api_clients as a (name, app, origins)
        values (one.has ->> 'name', one.key, array(select jsonb_array_elements_text(one.has -> 'origins')))
        returning a.id into id;
        insert into api_keys (client_id) values (id);
    end case;
    insert into audit (action, entity, entity_id, after, request_id)
    values (one.thing || '.set-up', case one.thing when 'administrator' then 'person' when 'app' then 'api-client'
      else one.thing end, id, one.has || jsonb_build_object('key', nullif(one.key, '')), set_up_clinic.request_id);
    made := made || jsonb_build_object('thing', one.thing, 'key', one.key);
  end loop;
  return jsonb_build_object('made', made, 'differs', differs, 'there', (
    select coalesce(jsonb_agg(jsonb_build_object('thing', w.thing, 'key', w.key)), '[]')
    from jsonb_to_recordset(wanted) as w (thing text, key text, has jsonb)
    where not made @> jsonb_build_array(jsonb_build_object('thing', w.thing, 'key', w.key))));
end $$;
