-- One appointment that the caller may see, as an event of a calendar: `FoundEvent`, or null. The read is recorded.
create function find_event(c caller, appointment uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; a appointments;
begin
  me := require_caller(c);
  a := visible_appointment(me, appointment);
  if a.id is null then return null; end if;
  perform record_read(c, me, 'appointment.read', 'appointment', a.id, a.patient_id);
  return jsonb_build_object('event', event_json(a), 'clinicName', (select x.name from clinic x),
    'now', ms(clock_timestamp()));
end $$;
