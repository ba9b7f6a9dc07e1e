-- A page of the appointments that the caller may see: `AppointmentRow[]`, one more than `page_size` when there are more. Past
-- ones descend, others ascend; "past" begins at the appointment's end, so one that is under way is still upcoming. `after`: the
-- position {startsAt, id} of the last one of the page before. Whose appointments doctors and staff were shown is recorded:
-- one patient's every time, a mixed list once in a while.
create function list_appointments(
  c caller, span text, doctor uuid, patient uuid, only_unconfirmed boolean, from_date date, to_date date, after jsonb,
  page_size int
) returns jsonb language plpgsql security definer set search_path from current set plan_cache_mode = force_custom_plan
as $$
declare
  me people; f appointment_filter; page appointments[]; after_id uuid := after ->> 'id';
  after_at timestamptz := to_timestamp((after ->> 'startsAt')::float8 / 1000);
begin
  me := require_caller(c);
  f := row(clock_timestamp(), (select t.id from patients t where me.role = 'patient' and t.person_id = me.id),
    (select d.id from doctors d where me.role = 'doctor' and d.person_id = me.id),
    span, doctor, patient, only_unconfirmed, from_date, to_date);
  if me.role <> 'staff' and f.own_patient is null and f.own_doctor is null then return '[]'; end if;
  if span = 'past' then
    page := array(
      select a from appointments a
      where is_listed(a, f) and (after_id is null or (a.starts_at, a.id) < (after_at, after_id))
      order by a.starts_at desc, a.id desc limit page_size + 1);
  else
    page := array(
      select a from appointments a
      where is_listed(a, f) and (after_id is null or (a.starts_at, a.id) > (after_at, after_id))
      order by a.starts_at, a.id limit page_size + 1);
  end if;
  if me.role <> 'patient' then
    if patient is null then
      perform record_list(c, me, 'appointment.list', array(select a.patient_id from unnest(page[:page_size]) a));
    elsif exists (select from patients t where t.id = patient) then
      perform record_read(c, me, 'appointment.list', 'patient', patient, patient);
    end if;
  end if;
  return (
    select coalesce(jsonb_agg(appointment_json(page[n]) order by n), '[]') from generate_subscripts(page, 1) n);
end $$;
