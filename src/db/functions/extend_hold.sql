-- Gives a live hold its full length again, counted from now. It is refused when the hold has expired by the database's clock
-- or is not the patient's. It is refused too when all extensions, or the patient's holding time, are used.
create function extend_hold(c caller, hold uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  me people; p patients; was slots; s slots; rules policy; earlier jsonb; at timestamptz; restored_at timestamptz;
begin
  me := require_caller(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  p := lock_holder(me, hold);
  if is_no_hold_of(me, p, hold) then return refuse(c, me, 'not-found'); end if;
  if not p.active then return refuse(c, me, 'wrong-state', inactive_state(p)); end if;
  select * into was from slots x where x.id = slot_of_hold(hold) and x.hold_id = hold and x.held_by = p.id for update;
  at := clock_timestamp();
  select * into rules from policy;
  if was.id is null or was.hold_expires_at <= at then
    return refuse(c, me, 'hold-expired', hold_expired(me, p, hold));
  end if;
  if was.hold_extensions >= rules.hold_extensions then
    return refuse(c, me, 'hold-limit', jsonb_build_object('expiresInMs',
      (extract(epoch from was.hold_expires_at - at) * 1000)::int));
  end if;
  restored_at := hold_quota_after(p, extract(epoch from at - was.hold_expires_at) + rules.hold_seconds, at);
  if me.role <> 'staff' and hold_quota_exceeded(restored_at, at) then
    return refuse(c, me, 'hold-limit', hold_limit(restored_at));
  end if;
  update slots x set hold_extensions = x.hold_extensions + 1, version = x.version + 1,
    hold_expires_at = at + make_interval(secs => rules.hold_seconds)
  where x.id = was.id returning * into s;
  if me.role <> 'staff' then update patients t set hold_quota_restored_at = restored_at where t.id = p.id; end if;
  return done(c, me, 'hold.extend', 'slot', s.id, p.id, hold_audit(was), hold_audit(s), hold_json(s, at));
end $$;
