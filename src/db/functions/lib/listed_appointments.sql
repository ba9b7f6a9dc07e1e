-- Filters of a list of appointments; null for no such condition. `span`: 'upcoming' or 'past' at the instant `at`.
-- The own patient and doctor are the caller's. A patient or doctor sees no others. Dates are those at the appointment's location.
create type appointment_filter as (
  at timestamptz,
  own_patient uuid,
  own_doctor uuid,
  span text,
  doctor uuid,
  patient uuid,
  only_unconfirmed boolean,
  from_date date,
  to_date date
);

-- The date on which an appointment starts, at its location.
create function date_there(a appointments) returns date language plpgsql stable as $$
begin
  return (a.starts_at at time zone zone_of(a.location_id))::date;
end $$;

-- Whether an appointment fits. One expression without subqueries. With the filter known, the planner inlines it, drops
-- conditions that are null and finds the index for the rest. No slot is longer than a day, so an upcoming appointment
-- started at most a day ago. Without that bound the list would begin with years of past appointments.
create function is_listed(a appointments, f appointment_filter) returns boolean language sql stable
return (f.own_patient is null or a.patient_id = f.own_patient)
  and (f.own_doctor is null or a.doctor_id = f.own_doctor)
  and (f.span is null or case f.span when 'past' then a.ends_at <= f.at else a.ends_at > f.at end)
  and (f.span is distinct from 'past' or a.starts_at < f.at)
  and (f.span is distinct from 'upcoming' or a.starts_at > f.at - interval '1 day')
  and (f.doctor is null or a.doctor_id = f.doctor)
  and (f.patient is null or a.patient_id = f.patient)
  and (not f.only_unconfirmed or (a.status = 'moved' and answer_by(a) <= f.at))
  and (f.from_date is null or (a.starts_at >= f.from_date - interval '1 day' and date_there(a) >= f.from_date))
  and (f.to_date is null or (a.starts_at < f.to_date + interval '2 days' and date_there(a) <= f.to_date));
