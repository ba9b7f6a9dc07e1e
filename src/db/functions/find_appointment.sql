-- One appointment that the caller may see; null when there is none. If the clinic moved it, with the times that its patient
-- can have instead. That doctors and staff have read it is recorded.
create function find_appointment(c caller, appointment uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; a appointments;
begin
  me := require_caller(c);
  a := visible_appointment(me, appointment);
  if a.id is null then return null; end if;
  perform record_read(c, me, 'appointment.read', 'appointment', a.id, a.patient_id);
  return jsonb_build_object('appointment', appointment_json(a),
    'alternatives', case when a.status = 'moved' then move_alternatives(a) end);
end $$;
