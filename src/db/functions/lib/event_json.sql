-- An appointment as an event of a calendar: `EventRow`. `sequence`: that of the last message about it, or of the next one if
-- the patient must still be notified.
create function event_json(a appointments) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('appointmentId', a.id, 'startsAt', ms(a.starts_at), 'endsAt', ms(a.ends_at),
    'changedAt', ms(a.updated_at), 'off', a.slot_id is null,
    'sequence', coalesce((
      select greatest(0, case when o.due_at is null then greatest(o.sequence, perhaps_sent(o)) else next_sequence(o, a) end)
      from outbox o where o.appointment_id = a.id and o.patient_id = a.patient_id), 0),
    'place', (select jsonb_build_object('address', l.address,
        'name', case when (select count(*) from locations) > 1 then l.name end)
      from locations l where l.id = a.location_id));
end $$;
