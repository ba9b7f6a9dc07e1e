-- The caller's live hold; or, refused, what became of it. A hold that is not the caller's is not found.
create function read_hold(c caller, hold uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; p patients; s slots; at timestamptz := clock_timestamp();
begin
  me := require_caller(c);
  if me.role = 'staff' then
    select t.* into p from slots x join patients t on t.id = x.held_by where x.id = slot_of_hold(hold) and x.hold_id = hold;
  else
    select * into p from patients t where t.person_id = me.id;
  end if;
  if is_no_hold_of(me, p, hold) then return refuse(c, me, 'not-found'); end if;
  select * into s from slots x where x.id = slot_of_hold(hold) and x.hold_id = hold and x.held_by = p.id;
  if s.hold_expires_at > at then return done_already(c, me, hold_json(s, at)); end if;
  return refuse(c, me, 'hold-expired', hold_expired(me, p, hold));
end $$;
