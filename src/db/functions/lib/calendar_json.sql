-- A part of the clinic calendar for the Worker: `CalendarJson` (src/db/queries/clinic-calendar.ts). Exceptions and holidays of
-- the days before matter to a night session that goes on today.
create function calendar_json(scope jsonb) returns jsonb language plpgsql as $$
declare rules policy; at timestamptz := clock_timestamp(); doctor_ids uuid[] := doctors_in_scope(scope);
begin
  select * into rules from policy;
  return jsonb_build_object('now', ms(at), 'today', (select (at at time zone c.time_zone)::date from clinic c),
    'policySlotMinutes', rules.slot_minutes, 'horizonDays', rules.horizon_days,
    'locations', (
      select jsonb_agg(jsonb_build_object('id', l.id, 'zone', l.time_zone, 'country', l.country, 'holidays', (
        select coalesce(jsonb_agg(h.date), '[]') from holidays h
        where h.location_id = l.id and h.date >= current_date - 2))) from locations l),
    'doctors', (
      select coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'slotMinutes', d.slot_minutes,
        'scheduleVersion', d.schedule_version, 'active', d.active, 'leavesOn', d.leaves_on, 'sessions', sessions_json(d.id),
        'exceptions', exceptions_json(d.id, current_date - 2))), '[]')
      from doctors d where d.id = any(doctor_ids)),
    'slots', (
      select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'doctorId', s.doctor_id, 'locationId', s.location_id,
        'startsAt', ms(s.starts_at), 'endsAt', ms(s.ends_at), 'date', s.clinic_date, 'status', s.status,
        'closedBy', s.closed_by, 'byHand', s.by_hand, 'origin', s.origin,
        'appointment', case when a.id is not null then jsonb_build_object('id', a.id, 'version', a.version,
          'patientId', a.patient_id, 'settled', a.status not in ('booked', 'moved')) end)
        order by s.starts_at, s.id), '[]')
      from slots_in_scope(scope) s left join appointments a on a.id = s.appointment_id));
end $$;

-- A wall-clock time as `09:30`.
create function hhmm(wall time) returns text language sql immutable
return to_char(wall, 'HH24:MI');

-- A doctor's weekly sessions as `Session[]`, in their order through the week.
create function sessions_json(doctor uuid) returns jsonb language plpgsql stable as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('weekday', c.weekday, 'from', hhmm(c.from_time), 'to', hhmm(c.to_time),
      'slotMinutes', c.slot_minutes, 'validFrom', c.valid_from, 'validTo', c.valid_to, 'locationId', c.location_id)
      order by c.valid_from, c.weekday, c.from_time, c.id), '[]')
    from schedules c where c.doctor_id = doctor);
end $$;

-- A dated exception as `StoredException`.
create function exception_json(e exceptions) returns jsonb language sql stable
return jsonb_build_object('id', e.id, 'kind', e.kind, 'locationId', e.location_id, 'from', hhmm(e.from_time),
  'to', hhmm(e.to_time), 'note', e.note) || case e.kind
    when 'extra' then jsonb_build_object('date', e.from_date, 'slotMinutes', e.slot_minutes)
    else jsonb_build_object('fromDate', e.from_date, 'toDate', e.to_date) end;

-- A doctor's exceptions that are not over on a clinic date, by date. An exception's last date is included.
create function exceptions_json(doctor uuid, on_date date) returns jsonb language plpgsql stable as $$
begin
  return (
    select coalesce(jsonb_agg(exception_json(e) order by e.from_date, e.id), '[]')
    from exceptions e where e.doctor_id = doctor and e.to_date >= on_date);
end $$;
