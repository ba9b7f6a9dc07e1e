-- Holds the first free slot of a doctor, a specialty or all, between two clinic dates (both included, null for no bound). It
-- is at no time of the patient's other appointments. `moving`, the appointment to move, does not count as another. Rivals at
-- once each get a slot of their own, because a slot locked by another statement is skipped. Patients hold nothing that they
-- could not confirm: see why_not_another.
create function hold_first_free(
  c caller, patient uuid, doctor uuid, specialty text, from_date date, to_date date, moving uuid
) returns jsonb language plpgsql security definer set search_path from current as $$
declare
  me people; p patients; s slots; r free_rules; earlier jsonb; restored_at timestamptz; instead jsonb; limited jsonb;
begin
  me := require_caller(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  p := lock_patient(me, patient);
  if p.id is null then return refuse(c, me, 'not-found'); end if;
  if not p.active then return refuse(c, me, 'wrong-state', inactive_state(p)); end if;
  r := offer_rules_for(me.role = 'staff', p.id, moving, from_date);
  s := lock_first_free(r, doctor, hold_first_free.specialty, to_date);
  if s.held_by = p.id and s.hold_expires_at > r.at then return done_already(c, me, hold_json(s, r.at)); end if;
  if me.role <> 'staff' then limited := why_not_another(p, moving, r.at); end if;
  if limited is not null then return refuse(c, me, limited ->> 'code', limited); end if;
  restored_at := hold_quota_after(p, (select y.hold_seconds from policy y), r.at);
  if me.role <> 'staff' and hold_quota_exceeded(restored_at, r.at) then
    return refuse(c, me, 'hold-limit', hold_limit(restored_at));
  end if;
  if s.id is null then
    instead := nearest_free(me, p.id, null, from_date, moving);
    s := lock_first_free(r, doctor, hold_first_free.specialty, to_date);
    if s.id is null then return refuse(c, me, 'slot-taken', jsonb_build_object('alternatives', instead)); end if;
  end if;
  return hold_for(c, me, p, s, restored_at);
end $$;
