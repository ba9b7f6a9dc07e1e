-- A message for the Worker: `DeliveryRow`. The zone is that of its appointment's location.
create function delivery_json(d deliveries) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('id', d.id, 'patientId', d.patient_id, 'kind', d.kind, 'state', d.state, 'why', d.why,
    'startedAt', ms(d.started_at), 'finishedAt', ms(d.finished_at), 'feedbackAt', ms(d.feedback_at),
    'zone', (select zone_of(a.location_id) from appointments a where a.id = d.appointment_id));
end $$;
