-- Records that messages are about to be sent, before they are. `starts` is an array of {appointment, patient, lease,
-- version, kind, sequence}. Returns each delivery's id by its lease. A message that is not in the answer must not be sent.
-- Its lease is lost, or its appointment has changed since the claim, and a later claim sends the new state. Or its patient
-- has had the policy's maximum of mails for now (mails_resume_at).
create function start_deliveries(starts jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare s record; o outbox; delivery uuid; started jsonb := '{}'; resume timestamptz;
begin
  for s in
    select x.* from jsonb_to_recordset(starts)
      x(appointment uuid, patient uuid, lease uuid, version int, kind text, sequence int)
    order by x.patient, x.appointment
  loop
    -- Runs at the same time count a patient's mails one after the other.
    perform pg_advisory_xact_lock(hashtextextended(s.patient::text, 0));
    select * into o from outbox x
    where x.appointment_id = s.appointment and x.patient_id = s.patient and x.lease_id = s.lease for no key update;
    -- Judged after the lock: the lease may have run out while this waited for it.
    continue when o.appointment_id is null or o.lease_until <= clock_timestamp();
    if o.version <> s.version then
      update outbox x set lease_id = null, lease_until = null, attempts = x.attempts - 1
      where x.appointment_id = o.appointment_id and x.patient_id = o.patient_id;
      continue;
    end if;
    resume := mails_resume_at(o, (select a from appointments a where a.id = o.appointment_id));
    if resume is not null then
      update outbox x set lease_id = null, lease_until = null, attempts = x.attempts - 1, due_at = resume
      where x.appointment_id = o.appointment_id and x.patient_id = o.patient_id;
      continue;
    end if;
    insert into deliveries (appointment_id, patient_id, version, sequence, kind)
    values (o.appointment_id, o.patient_id, s.version, s.sequence, s.kind)
    returning id into delivery;
    started := started || jsonb_build_object(s.lease::text, delivery);
  end loop;
  return started;
end $$;
