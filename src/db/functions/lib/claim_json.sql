-- A claimed outbox row for the Worker: `Claim`. `unsure`: a later message may have been sent, so the patient may believe
-- what that message said.
create function claim_json(o outbox, a appointments, t patients) returns jsonb language plpgsql stable as $$
declare later int := perhaps_sent(o);
begin
  return jsonb_build_object('appointmentId', o.appointment_id, 'patientId', o.patient_id, 'leaseId', o.lease_id,
    'version', o.version, 'sequence', greatest(o.sequence, later), 'unsure', later is not null,
    'lastNotified', o.last_notified, 'now', fact_json(a, o.patient_id, o.last_notified),
    'particulars', message_details(a, t));
end $$;
