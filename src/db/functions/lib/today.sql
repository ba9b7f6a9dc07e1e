-- A patient who has arrived and waits, for the Worker: `WaitingRow`. The last change of such an appointment is the arrival.
create function waiting_json(a appointments, at timestamptz) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('appointmentId', a.id, 'patientId', a.patient_id,
    'patientName', (select t.name from patients t where t.id = a.patient_id), 'doctorId', a.doctor_id,
    'doctorName', (select d.name from doctors d where d.id = a.doctor_id), 'locationId', a.location_id, 'startsAt', ms(a.starts_at),
    'arrivedAt', ms(a.updated_at), 'zone', zone_of(a.location_id),
    'waitingMinutes', greatest(0, floor(extract(epoch from at - a.updated_at) / 60))::int);
end $$;

-- The offered times of this week and of some weeks before, and the outcomes of their appointments: `WeekRow[]`, oldest first.
-- Weeks begin on Monday. Empty when `week_count` is 0.
create function weeks_back(own uuid, wanted_location uuid, today date, zone text, week_count int) returns jsonb
language plpgsql stable as $$
declare monday date := date_trunc('week', today)::date; first_monday date := monday - 7 * week_count;
begin
  if week_count = 0 then return '[]'; end if;
  return (
    select jsonb_agg(jsonb_build_object('from', m.day, 'booked', coalesce(n.booked, 0), 'seen', coalesce(n.seen, 0),
      'noShow', coalesce(n.no_show, 0), 'cancelledByPatient', coalesce(n.by_patient, 0),
      'cancelledByClinic', coalesce(n.by_clinic, 0), 'offered', coalesce(s.offered, 0)) order by m.day)
    from (select first_monday + 7 * w as day from generate_series(0, week_count) w) m
    left join (
      select date_trunc('week', a.starts_at at time zone zone)::date as day,
        count(*) filter (where a.slot_id is not null) as booked,
        count(*) filter (where a.status in ('arrived', 'completed')) as seen,
        count(*) filter (where a.status = 'no-show') as no_show,
        count(*) filter (where a.cancelled_by = 'patient') as by_patient,
        count(*) filter (where a.cancelled_by in ('doctor', 'clinic')) as by_clinic
      from appointments a
      where a.starts_at >= first_monday::timestamp at time zone zone
        and a.starts_at < (monday + 7)::timestamp at time zone zone
        and (own is null or a.doctor_id = own) and (wanted_location is null or a.location_id = wanted_location)
      group by 1) n on n.day = m.day
    left join (
      select date_trunc('week', s.clinic_date)::date as day, count(*) as offered
      from slots s
      where s.clinic_date between first_monday and monday + 6 and (s.status = 'open' or s.appointment_id is not null)
        and (own is null or s.doctor_id = own) and (wanted_location is null or s.location_id = wanted_location)
      group by 1) s on s.day = m.day);
end $$;
