-- The patient of a placement case must be called again at `call_at`, no further ahead than patients can book. A claim of the
-- caller's ends. `note` is in people's own words, so it is not audited.
create function contact_later(c caller, placement uuid, versions int[], call_at timestamptz, note text) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  me people; was cases; k cases; a appointments; earlier jsonb; at timestamptz; refusal jsonb; horizon int;
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
  if call_at <= at then return refuse(c, me, 'not-in-future'); end if;
  select y.horizon_days into horizon from policy y;
  if call_at > at + make_interval(days => horizon) then
    return refuse(c, me, 'too-far-ahead', jsonb_build_object('days', horizon));
  end if;
  update cases x set contact_after = call_at, contact_note = note, claimed_by = null, claim_expires_at = null,
    changed_by = me.id, updated_at = at, version = x.version + 1
  where x.id = was.id returning * into k;
  return done(c, me, 'case.contact-later', 'appointment', a.id, a.patient_id, case_audit(was), case_audit(k),
    case_json(me, k, a));
end $$;
