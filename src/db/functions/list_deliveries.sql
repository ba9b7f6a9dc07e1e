-- The latest 100 messages about an appointment, for staff: `DeliveryRow[]`, the latest first; null when there is no such
-- appointment. The read is recorded.
create function list_deliveries(c caller, appointment uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; a appointments;
begin
  me := require_staff(c);
  select * into a from appointments x where x.id = appointment;
  if a.id is null then return null; end if;
  perform record_read(c, me, 'delivery.list', 'appointment', a.id, a.patient_id);
  return (
    select coalesce(jsonb_agg(delivery_json(l.d) order by (l.d).started_at desc, (l.d).id desc), '[]')
    from (
      select d from deliveries d where d.appointment_id = a.id order by d.started_at desc, d.id desc limit 100) l);
end $$;
