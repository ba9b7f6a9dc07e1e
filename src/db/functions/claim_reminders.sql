-- Claims up to `batch` reminders that are due, soonest start first, and records that they are about to be sent. Each has the
-- rules of this moment. Of several leads that have begun only the last counts. Each lead has the starts between itself and
-- the next shorter one.
create function claim_reminders(batch int) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  rules policy; d record; claim reminders; delivery uuid; claims jsonb[] := '{}'; lead int; shorter int := 0;
  at timestamptz := clock_timestamp();
begin
  select * into rules from policy;
  foreach lead in array array(select h from unnest(rules.reminder_hours) h order by h) loop
    for d in
      select a, t, o.version, o.sequence
      from appointments a join outbox o on o.appointment_id = a.id and o.patient_id = a.patient_id
        join patients t on t.id = a.patient_id
      where a.starts_at > at + make_interval(hours => shorter) and a.starts_at <= at + make_interval(hours => lead)
        and a.status in ('booked', 'moved') and is_up_to_date(o, a)
        -- A patient who learnt of this time after the lead began needs no reminder of it.
        and o.last_notified_at <= a.starts_at - make_interval(hours => lead)
        -- A lead that was chosen after it had begun is left out. Otherwise every patient within it would get a mail. What
        -- was due just before that choice may still be on its way.
        and a.starts_at - make_interval(hours => lead) >= rules.reminders_since - interval '15 minutes'
        and may_be_reminded(t) and not is_reminded(a, lead)
      order by a.starts_at limit batch - cardinality(claims)
      -- A record that is being changed waits for the next run: merged into another, it would be reminded under both.
      for share of t skip locked
    loop
      claim := claim_reminder(d.a, lead);
      continue when claim.appointment_id is null;
      insert into deliveries (appointment_id, patient_id, version, sequence, kind)
      values (claim.appointment_id, claim.patient_id, d.version, greatest(d.sequence, 0), 'reminder')
      returning id into delivery;
      claims := claims || jsonb_build_object('appointmentId', claim.appointment_id, 'patientId', claim.patient_id,
        'leaseId', claim.lease_id, 'leadHours', lead, 'deliveryId', delivery, 'now', fact_json(d.a, claim.patient_id),
        'particulars', message_details(d.a, d.t));
    end loop;
    shorter := lead;
  end loop;
  return to_jsonb(claims);
end $$;
