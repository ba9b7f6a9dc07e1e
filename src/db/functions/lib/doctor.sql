-- A doctor's record for the Worker: `DoctorRecordRow`.
create function doctor_json(d doctors) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('id', d.id, 'name', d.name, 'specialty', d.specialty, 'ownSlotMinutes', d.slot_minutes,
    'slotMinutes', coalesce(d.slot_minutes, (select p.slot_minutes from policy p)),
    'locationIds', (
      select coalesce(jsonb_agg(distinct s.location_id), '[]') from schedules s where s.doctor_id = d.id),
    'active', d.active, 'leavesOn', d.leaves_on, 'hasLogin', d.person_id is not null, 'version', d.version);
end $$;

-- A doctor as the audit trail keeps them.
create function doctor_audit(d doctors) returns jsonb language sql stable
return jsonb_build_object('name', d.name, 'specialty', d.specialty, 'slotMinutes', d.slot_minutes,
  'active', d.active, 'leavesOn', d.leaves_on, 'version', d.version);

-- The doctor, if the caller may read about them: staff about all, a doctor about themselves. Null otherwise.
create function readable_doctor(me people, doctor uuid) returns doctors language plpgsql stable as $$
declare d doctors;
begin
  select * into d from doctors x where x.id = doctor and (me.role = 'staff' or x.person_id = me.id);
  return d;
end $$;
