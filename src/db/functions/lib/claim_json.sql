-- A claimed outbox row for the Worker: `Claim`. `unsure`: a later message may have been sent, so the patient or their calendar
-- may believe what that message said. `lagSeconds`: since when the notification is due.
create function claim_json(o outbox, a appointments, t patients) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('appointmentId', o.appointment_id, 'patientId', o.patient_id, 'leaseId', o.lease_id,
    'lagSeconds', floor(extract(epoch from clock_timestamp() - o.due_at)), 'version', o.version,
    'sequence', next_sequence(o, a), 'unsure', perhaps_sent(o) is not null or is_overtaken(o, a, t),
    'lastNotified', o.last_notified, 'now', fact_json(a, o.patient_id, o.last_notified),
    'particulars', message_details(a, t));
end $$;
