-- A task for the Worker: `TaskRow`.
create function task_json(k tasks) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('id', k.id, 'kind', k.kind, 'status', k.status, 'patientId', k.patient_id,
    'patientName', (select t.name from patients t where t.id = k.patient_id), 'appointmentId', k.appointment_id,
    'detail', k.detail, 'createdAt', ms(k.created_at), 'doneAt', ms(k.done_at),
    'doneBy', (select p.name from people p where p.id = k.done_by), 'version', k.version,
    'zone', (select x.time_zone from clinic x));
end $$;
