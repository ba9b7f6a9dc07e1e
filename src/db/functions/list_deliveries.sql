-- The latest 100 messages about an appointment, for staff: `DeliveryRow[]`, the latest first; null when there is no such
-- appointment. The read is recorded.
create function list_deliveries(c caller, appointment uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; a appointments; zone text;
begin
  me := require_staff(c);
  select * into a from appointments x where x.id = appointment;
  if a.id is null then return null; end if;
  perform record_read(c, me, 'delivery.list', 'appointment', a.id, a.patient_id);
  select l.time_zone into zone from locations l where l.id = a.location_id;
  return (
    select coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'patientId', d.patient_id, 'kind', d.kind, 'state', d.state,
      'why', d.why, 'startedAt', ms(d.started_at), 'finishedAt', ms(d.finished_at), 'feedbackAt', ms(d.feedback_at),
      'zone', zone) order by d.started_at desc, d.id desc), '[]')
    from (
      select * from deliveries x where x.appointment_id = a.id order by x.started_at desc, x.id desc limit 100) d);
end $$;
