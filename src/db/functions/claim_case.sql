-- Takes a placement case to work on for `claim_minutes`, or for as long again if the caller has it already. Before its end no
-- other person can claim, place, put off or cancel it through the queue.
create function claim_case(c caller, placement uuid, versions int[]) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; was cases; k cases; a appointments; earlier jsonb; at timestamptz; refusal jsonb;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  a := lock_appointment(lock_patient_of(me, appointment_of_case(placement), inactive_too => true),
    appointment_of_case(placement));
  if a.id is null then return refuse(c, me, 'not-found'); end if;
  was := lock_case(a, placement);
  at := clock_timestamp();
  refusal := case_refusal(me, was, a, versions, at);
  if refusal is not null then return refuse(c, me, refusal ->> 'code', refusal); end if;
  update cases x set claimed_by = me.id, updated_at = at, changed_by = me.id, version = x.version + 1,
    claim_expires_at = at + make_interval(mins => (select y.claim_minutes from policy y))
  where x.id = was.id returning * into k;
  return done(c, me, 'case.claim', 'appointment', a.id, a.patient_id, case_audit(was), case_audit(k),
    case_json(me, k, a));
end $$;
