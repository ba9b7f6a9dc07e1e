-- Hands a placement case back before its claim ends. Repeating it is no change. What another person has claimed stays theirs.
create function release_case(c caller, placement uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; was cases; k cases; a appointments; earlier jsonb; at timestamptz;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  a := lock_appointment(lock_patient_of(me, appointment_of_case(placement), inactive_too => true),
    appointment_of_case(placement));
  if a.id is null then return refuse(c, me, 'not-found'); end if;
  was := lock_case(a, placement);
  at := clock_timestamp();
  if is_claimed_by_another(me, was, at) then return refuse(c, me, 'case-claimed', case_claimed(was, a.location_id)); end if;
  if was.claimed_by is null then return done_already(c, me, case_json(me, was, a)); end if;
  update cases x set claimed_by = null, claim_expires_at = null, changed_by = me.id, updated_at = at,
    version = x.version + 1
  where x.id = was.id returning * into k;
  return done(c, me, 'case.release', 'appointment', a.id, a.patient_id, case_audit(was), case_audit(k),
    case_json(me, k, a));
end $$;
