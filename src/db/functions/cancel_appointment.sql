-- Cancels an appointment and frees its slot. The freeze binds patients, and staff who cancel in their name. A cancellation
-- by the doctor or the clinic has no limits and counts for no budget. A patient's cancellation counts in their window but is
-- never refused for it. A slot given back is better than a patient who does not come. `override`: why staff set the freeze
-- aside. For a patient whose record is switched off, staff cancel with whatever reason is true: nothing binds.
create function cancel_appointment(
  c caller, appointment uuid, versions int[], patient uuid, reason_by text, reason_code text, note text, override text
) returns jsonb language plpgsql security definer set search_path from current as $$
declare me people; p patients; was appointments; earlier jsonb; stale jsonb; by_patient boolean := reason_by = 'patient'; at timestamptz;
begin
  me := require_caller(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  stale := stale_version(me, appointment, versions);
  if stale is not null then return refuse(c, me, 'version-conflict', stale); end if;
  p := lock_patient_of(me, appointment, patient, inactive_too => true);
  was := lock_appointment(p, appointment);
  if was.id is null then return refuse(c, me, 'not-found'); end if;
  if was.version <> all (versions) then
    return refuse(c, me, 'version-conflict', version_conflict(me, was.changed_by, was.updated_at, was.location_id));
  end if;
  if was.status not in ('booked', 'moved', 'to-place') then
    return refuse(c, me, 'wrong-state', wrong_state(was.status, was.location_id));
  end if;
  at := clock_timestamp();
  if by_patient and override is null and p.active then
    if is_frozen(was, at) then
      return refuse(c, me, 'frozen', frozen('appointment'));
    end if;
    if was.status = 'booked' then perform count_change(p, recent_changes(p, at), at); end if;
  end if;
  return cancel_for(c, me, was, at, reason_by, reason_code, note, override);
end $$;
