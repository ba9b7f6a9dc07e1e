-- Holds a named slot for a patient. Its row is locked SKIP LOCKED, so that no patient waits for a rival. The hold is data
-- with an expiry by the database's clock. A patient who asks again for the slot that they hold gets the same hold, unextended.
-- Patients hold nothing that they could not confirm: see why_not_another. `override`: why staff hold a closed slot.
-- `moving`: the appointment that the patient wants to move there.
create function hold_slot(c caller, patient uuid, slot uuid, override text, moving uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; p patients; s slots; r free_rules; earlier jsonb; restored_at timestamptz; instead jsonb; limited jsonb;
begin
  me := require_caller(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  p := lock_patient(me, patient);
  if p.id is null then return refuse(c, me, 'not-found'); end if;
  if not p.active then return refuse(c, me, 'wrong-state', inactive_state(p)); end if;
  r := free_rules_for(me.role = 'staff', p.id);
  s := lock_free_slot(slot, r, override is not null);
  if s.held_by = p.id and s.hold_expires_at > r.at then return done_already(c, me, hold_json(s, r.at)); end if;
  if me.role <> 'staff' then limited := why_not_another(p, moving, r.at); end if;
  if limited is not null then return refuse(c, me, limited ->> 'code', limited); end if;
  restored_at := hold_quota_after(p, (select y.hold_seconds from policy y), r.at);
  if me.role <> 'staff' and hold_quota_exceeded(restored_at, r.at) then
    return refuse(c, me, 'hold-limit', hold_limit(restored_at));
  end if;
  if s.id is null then
    if not exists (select from slots x where x.id = slot) then return refuse(c, me, 'not-found'); end if;
    instead := nearest_free(me, p.id, slot, moving => moving);
    -- A rival who had the lock may have given up. The slot must not be refused if the patient can get it now.
    s := lock_free_slot(slot, r, override is not null);
    if s.id is null then return refuse(c, me, 'slot-taken', jsonb_build_object('alternatives', instead)); end if;
  end if;
  return hold_for(c, me, p, s, restored_at, override);
end $$;
