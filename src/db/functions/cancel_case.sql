-- Cancels the appointment of an open placement case, and so ends the case. It has no slot, so neither the freeze nor the
-- budget binds. It can be ended even when the patient's record is switched off.
create function cancel_case(c caller, placement uuid, versions int[], reason_by text, reason_code text, note text)
returns jsonb language plpgsql security definer set search_path from current as $$
declare me people; p patients; was appointments; k cases; earlier jsonb; appointment uuid; at timestamptz;
begin
  me := require_caller(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  appointment := appointment_of_case(placement);
  p := lock_patient_of(me, appointment, inactive_too => true);
  was := lock_appointment(p, appointment);
  if was.id is null then return refuse(c, me, 'not-found'); end if;
  select * into k from cases x where x.id = placement for no key update;
  at := clock_timestamp();
  if is_claimed_by_another(me, k, at) then return refuse(c, me, 'case-claimed', case_claimed(k, was.location_id)); end if;
  if k.version <> all (versions) then
    return refuse(c, me, 'version-conflict', version_conflict(me, k.changed_by, k.updated_at, was.location_id));
  end if;
  if k.status <> 'open' then return refuse(c, me, 'wrong-state', wrong_state(k.status, was.location_id)); end if;
  return cancel_for(c, me, was, at, reason_by, reason_code, note);
end $$;
