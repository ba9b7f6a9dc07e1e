-- Slots as the board shows them, `BoardSlotRow[]`. Only a live hold is one: an expired one would keep the content from being
-- the same.
create function board_slots_json(page slots[], at timestamptz) returns jsonb language plpgsql stable as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'doctorId', s.doctor_id, 'locationId', s.location_id,
      'startsAt', ms(s.starts_at), 'endsAt', ms(s.ends_at), 'zone', l.time_zone, 'date', s.clinic_date,
      'state', case
        when s.appointment_id is not null then 'booked'
        when s.closed_by = 'absence' then 'absent'
        when s.closed_by = 'holiday' then 'holiday'
        when s.status = 'closed' then 'closed'
        when s.hold_expires_at > at then 'held'
        when s.late_opening then 'late'
        else 'free' end,
      'appointmentId', s.appointment_id,
      'heldUntil', case when s.appointment_id is null and s.hold_expires_at > at then ms(s.hold_expires_at) end)
      order by s.clinic_date, s.starts_at, s.doctor_id, s.id), '[]')
    from unnest(page) s join locations l on l.id = s.location_id);
end $$;

-- The appointments in these slots, and those that wait to be placed: `BoardAppointmentRow[]`. For a patient who has
-- arrived, the audit trail says since when. `with_reason`: the patient's own words about the visit; else null.
create function board_appointments_json(page slots[], waiting appointments[], with_reason boolean) returns jsonb
language plpgsql stable as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'version', a.version, 'status', a.status,
      'patientId', a.patient_id, 'patientName', t.name, 'phone', t.phone, 'phoneE164', t.e164, 'doctorId', a.doctor_id,
      'locationId', a.location_id, 'slotId', a.slot_id, 'startsAt', ms(a.starts_at), 'endsAt', ms(a.ends_at),
      'zone', l.time_zone, 'reason', case when with_reason then a.reason end,
      'willCome', will_come(a),
      'arrivedAt', case when a.status = 'arrived' then (
        select ms(max(u.at)) from audit u where u.entity_id = a.id and u.action = 'appointment.arrived') end)
      order by a.starts_at, a.id), '[]')
    from (
      select b.* from unnest(page) s join appointments b on b.id = s.appointment_id
      union all
      select w.* from unnest(waiting) w) a
    join patients t on t.id = a.patient_id join locations l on l.id = a.location_id);
end $$;

-- The patients of a board that the audit trail does not name as shown to this person in the last 5 minutes.
create function newly_shown(me people, action text, board jsonb) returns uuid[] language plpgsql stable as $$
declare lately timestamptz := clock_timestamp() - interval '5 minutes';
begin
  return array(
    select distinct (x #>> '{}')::uuid from jsonb_path_query(board, '$.appointments[*].patientId') x
    except
    select p.id::uuid from audit n, jsonb_array_elements_text(n.after -> 'patientIds') p (id)
    where n.actor_id = me.id and n.at > lately
      and n.action = newly_shown.action and n.patient_id is null);
end $$;
