-- Frees a held slot at once. A hold of the caller's that is over is released already. Any other is not found.
create function release_hold(c caller, hold uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; p patients; was slots; s slots; earlier jsonb;
begin
  me := require_caller(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  p := lock_holder(me, hold);
  if is_no_hold_of(me, p, hold) then return refuse(c, me, 'not-found'); end if;
  select * into was from slots x where x.id = slot_of_hold(hold) and x.hold_id = hold and x.held_by = p.id for update;
  if was.id is null then return done_already(c, me, '{"slotId": null}'); end if;
  update slots x set hold_id = null, held_by = null, hold_expires_at = null, hold_extensions = 0, version = x.version + 1
  where x.id = was.id returning * into s;
  return done(c, me, 'hold.release', 'slot', s.id, p.id, hold_audit(was), hold_audit(s),
    jsonb_build_object('slotId', s.id));
end $$;
