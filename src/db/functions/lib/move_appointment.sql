-- The moves of a plan as rows.
create function planned_moves(moves jsonb) returns table ("appointmentId" uuid, "slotId" uuid, explanation jsonb,
  "startsAt" bigint, "endsAt" bigint) language plpgsql stable as $$
begin
  return query select x.* from jsonb_to_recordset(moves) x("appointmentId" uuid, "slotId" uuid, explanation jsonb,
    "startsAt" bigint, "endsAt" bigint);
end $$;

-- Moves an appointment of operation `o` into a slot, both locked; false when that is no longer possible. The slot must be
-- free, of an active doctor, and still at the times it was chosen for. Neither start may be within the freeze. The patient
-- must have no other appointment then.
create function move_appointment(
  o operations, appointment uuid, slot uuid, starts_at_ms bigint, ends_at_ms bigint, explanation jsonb, r free_rules
) returns boolean language plpgsql as $$
declare was appointments; a appointments; s slots; i operation_items; frozen_before timestamptz;
begin
  select * into i from operation_items x where x.operation_id = o.id and x.appointment_id = appointment;
  select * into was from appointments x where x.id = appointment;
  select x.* into s from slots x join doctors d on d.id = x.doctor_id and d.active where x.id = slot and is_free(x, r);
  frozen_before := r.at + make_interval(hours => (select p.freeze_hours from policy p));
  if s.id is null or i.state is distinct from 'pending' or was.status <> 'to-place'
    or ms(s.starts_at) <> starts_at_ms or ms(s.ends_at) <> ends_at_ms
    or was.starts_at <= frozen_before or s.starts_at <= frozen_before or is_busy(was.patient_id, s) then
    return false;
  end if;
  update appointments x set status = 'moved', slot_id = s.id, doctor_id = s.doctor_id, location_id = s.location_id,
    starts_at = s.starts_at, ends_at = s.ends_at, overlap_allowed = false, moved_at = r.at,
    moved_from = coalesce(i.unanswered_from, place_json(was)), changed_by = o.actor_id, updated_at = r.at,
    version = x.version + 1
  where x.id = was.id returning * into a;
  perform take_slot(a);
  update operation_items x set state = 'moved', to_slot_id = a.slot_id, to_doctor_id = a.doctor_id,
    to_location_id = a.location_id, to_starts_at = a.starts_at, to_ends_at = a.ends_at, left_version = a.version,
    explanation = move_appointment.explanation, decided_at = r.at
  where x.operation_id = o.id and x.appointment_id = a.id;
  insert into audit (actor_id, patient_id, action, entity, entity_id, before, after, request_id)
  values (o.actor_id, a.patient_id, 'appointment.reassign', 'appointment', a.id, appointment_audit(was),
    appointment_audit(a) || jsonb_build_object('operationId', o.id), o.request_id);
  perform notify_later(a, was.starts_at);
  return true;
end $$;

-- With which doctor, where and when an appointment is, or was: what `moved_from` keeps.
create function place_json(a appointments) returns jsonb language sql stable
return jsonb_build_object('doctorId', a.doctor_id, 'locationId', a.location_id,
  'startsAt', ms(a.starts_at), 'endsAt', ms(a.ends_at));

-- Whether the patient has an appointment during the slot, also one that staff allowed beside another.
create function is_busy(patient uuid, s slots) returns boolean language plpgsql stable as $$
begin
  return exists (
    select from appointments o
    where o.patient_id = patient and o.slot_id is not null
      and o.starts_at > s.starts_at - interval '1 day' and o.starts_at < s.ends_at and o.ends_at > s.starts_at);
end $$;
