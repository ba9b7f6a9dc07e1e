-- An appointment as an event of a calendar: `EventRow`. `sequence`: that of the last message about it, or of the next one
-- where the patient has still to be notified.
create function event_json(a appointments) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('appointmentId', a.id, 'startsAt', ms(a.starts_at), 'endsAt', ms(a.ends_at),
    'changedAt', ms(a.updated_at), 'off', a.slot_id is null,
    'sequence', coalesce((
      select greatest(0, case when o.due_at is null then 0 else 1 end + greatest(o.sequence, (
        select max(d.sequence) from deliveries d
        where d.appointment_id = o.appointment_id and d.patient_id = o.patient_id and d.kind <> 'reminder')))
      from outbox o where o.appointment_id = a.id and o.patient_id = a.patient_id), 0),
    'place', (select jsonb_build_object('address', l.address,
        'name', case when (select count(*) from locations) > 1 then l.name end)
      from locations l where l.id = a.location_id));
end $$;

-- An appointment that the caller may see: patients their own, doctors those in their slots, staff all. Null when there is
-- none.
create function visible_appointment(me people, appointment uuid) returns appointments language plpgsql stable as $$
declare a appointments;
begin
  select * into a from appointments x
  where x.id = appointment and (me.role = 'staff'
    or (me.role = 'patient' and x.patient_id = (select t.id from patients t where t.person_id = me.id))
    or (me.role = 'doctor' and x.doctor_id = (select d.id from doctors d where d.person_id = me.id)));
  return a;
end $$;
