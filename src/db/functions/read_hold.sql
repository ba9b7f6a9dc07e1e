-- The caller's live hold; or, refused, what became of it. Another patient's hold is not found.
create function read_hold(c caller, hold uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; p patients; s slots; at timestamptz := clock_timestamp();
begin
  me := require_caller(c);
  if me.role <> 'staff' then select * into p from patients t where t.person_id = me.id; end if;
  if me.role <> 'staff' and is_hold_of_another(hold, p.id) then return refuse(c, me, 'not-found'); end if;
  select * into s from slots x where x.hold_id = hold and (me.role = 'staff' or x.held_by = p.id);
  if s.hold_expires_at > at then return done_already(c, me, hold_json(s, at)); end if;
  if me.role = 'staff' then p.id := s.held_by; end if;
  return refuse(c, me, 'hold-expired', hold_expired(me, p, hold));
end $$;
