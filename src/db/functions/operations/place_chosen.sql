-- Moves appointments of placement cases into slots that this transaction has locked: `choices` are `{appointmentId, slotId}`.
-- Returns what was placed and when the last notification falls due.
create function place_chosen(c caller, choices jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  me people; x record; was appointments; a appointments; s slots; placed jsonb := '[]'; due timestamptz; at timestamptz;
begin
  me := require_staff(c);
  perform from appointments y
  where y.id in (select r."appointmentId" from jsonb_to_recordset(choices) r("appointmentId" uuid))
  order by y.id for no key update;
  at := clock_timestamp();
  for x in select r.* from jsonb_to_recordset(choices) r("appointmentId" uuid, "slotId" uuid) loop
    select * into was from appointments y where y.id = x."appointmentId" and y.status = 'to-place';
    continue when was.id is null;
    select * into s from slots y where y.id = x."slotId";
    update appointments y set status = 'moved', moved_at = at, moved_from = last_agreed(was), slot_id = s.id,
      doctor_id = s.doctor_id, location_id = s.location_id, starts_at = s.starts_at, ends_at = s.ends_at,
      overlap_allowed = false, changed_by = me.id, updated_at = at, version = y.version + 1
    where y.id = was.id returning * into a;
    perform take_slot(a);
    insert into audit (actor_id, patient_id, action, entity, entity_id, before, after, request_id)
    values (me.id, a.patient_id, 'appointment.place', 'appointment', a.id, appointment_audit(was), appointment_audit(a),
      c.request_id);
    due := greatest(due, notify_later(a, was.starts_at));
    placed := placed || jsonb_build_object('appointmentId', a.id, 'slot', slot_json(s),
      'doctorName', (select d.name from doctors d where d.id = s.doctor_id));
  end loop;
  return jsonb_build_object('placed', placed, 'dueAt', ms(due));
end $$;
