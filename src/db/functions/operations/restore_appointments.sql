-- Puts vacated appointments back to their place and state before operation `undone`. A patient who had not answered an
-- earlier move there is asked again. Each is an item of operation `operation`, with an audit row and a notification.
-- `planned`: `{appointmentId, slotId, doctorId, locationId, startsAt, endsAt, was, before}`. Without a slot id it is the
-- slot that the change back has just made there. Returns how many went back, and when the last notification falls due.
create function restore_appointments(c caller, operation uuid, undone uuid, planned jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  me people; x record; s slots; was appointments; a appointments; i operation_items; restored uuid[] := '{}';
  at timestamptz := clock_timestamp(); latest timestamptz; due timestamptz;
begin
  me := require_staff(c);
  for x in
    select p.* from jsonb_to_recordset(planned) p("appointmentId" uuid, "slotId" uuid, "doctorId" uuid, "locationId" uuid,
      "startsAt" bigint, "endsAt" bigint, was jsonb, before jsonb) order by p."appointmentId"
  loop
    select * into s from slots t
    where t.status = 'open' and (t.id = x."slotId" or (x."slotId" is null and t.doctor_id = x."doctorId"
      and t.location_id = x."locationId" and t.starts_at = to_timestamp(x."startsAt" / 1000.0)
      and t.ends_at = to_timestamp(x."endsAt" / 1000.0)));
    select * into i from operation_items o where o.operation_id = undone and o.appointment_id = x."appointmentId";
    select * into was from appointments o where o.id = x."appointmentId";
    if s.id is null or i.appointment_id is null then continue; end if;
    update appointments o set status = case when i.unanswered_from is null then 'booked' else 'moved' end,
      moved_at = case when i.unanswered_from is not null then at end, moved_from = i.unanswered_from, slot_id = s.id,
      doctor_id = s.doctor_id, location_id = s.location_id, starts_at = s.starts_at, ends_at = s.ends_at,
      overlap_allowed = overlaps_as_before(was, s, restored), changed_by = me.id, updated_at = at, version = o.version + 1
    where o.id = was.id returning * into a;
    perform take_slot(a);
    insert into operation_items (operation_id, appointment_id, patient_id, from_slot_id, from_doctor_id, from_location_id,
      from_starts_at, from_ends_at, state, to_slot_id, to_doctor_id, to_location_id, to_starts_at, to_ends_at, left_version,
      explanation, decided_at)
    values (operation, a.id, a.patient_id, coalesce((x.was ->> 'slotId')::uuid, a.slot_id), (x.was ->> 'doctorId')::uuid,
      (x.was ->> 'locationId')::uuid, to_timestamp((x.was ->> 'startsAt')::float8 / 1000),
      to_timestamp((x.was ->> 'endsAt')::float8 / 1000), 'moved', a.slot_id, a.doctor_id, a.location_id, a.starts_at,
      a.ends_at, a.version, '{"code": "restored"}', at);
    insert into audit (actor_id, patient_id, action, entity, entity_id, before, after, request_id)
    values (me.id, a.patient_id, 'appointment.restore', 'appointment', a.id, x.before,
      appointment_audit(a) || jsonb_build_object('operationId', operation), c.request_id);
    due := notify_later(a, was.starts_at);
    latest := greatest(latest, due);
    restored := restored || a.id;
  end loop;
  return jsonb_build_object('restored', cardinality(restored), 'dueAt', ms(latest));
end $$;
