-- Records that a person was refused because of their role or record. Either the login had another role, or staff had
-- switched the person off, or the operation belongs to other roles. Refusals of one operation to one person within 5 minutes
-- are one entry. A login without a person leaves none. Returns whether it was recorded.
create function record_refusal(c caller, operation text) returns boolean
language plpgsql security definer set search_path from current as $$
declare
  me people; what jsonb := jsonb_build_object('operation', operation, 'role', c.role);
  lately timestamptz := clock_timestamp() - interval '5 minutes';
begin
  select * into me from people p where p.subject = c.subject;
  if not found or exists (
    select from audit n
    where n.actor_id = me.id and n.at > lately and n.action = 'access.refuse'
      and n.after = what
  ) then return false; end if;
  insert into audit (actor_id, action, entity, entity_id, after, request_id)
  values (me.id, 'access.refuse', 'person', me.id, what, c.request_id);
  return true;
end $$;
