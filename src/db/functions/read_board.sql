-- The day board of the clinic dates from `from_date` to `to_date`, both included: `BoardRead`, with the slots, appointments,
-- absences and holidays of all doctors, or of one location or doctor. Doctors see their own, with the patients' reasons. `known_tag`: the content that
-- the caller has; if it is still the content, `board` is null. Whose appointments were shown is recorded, each patient once in
-- 5 minutes, for the app asks every few seconds.
create function read_board(
  c caller, from_date date, to_date date, location uuid, doctor uuid, known_tag text
) returns jsonb language plpgsql security definer set search_path from current set plan_cache_mode = force_custom_plan
as $$
declare
  me people; at timestamptz := clock_timestamp(); wanted uuid[]; page slots[]; waiting appointments[]; board jsonb;
  tag text;
begin
  me := require_caller(c);
  wanted := array(
    select d.id from doctors d
    where (me.role = 'staff' or (me.role = 'doctor' and d.person_id = me.id)) and (doctor is null or d.id = doctor));
  page := array(
    select s from slots s
    where s.clinic_date between from_date and to_date and s.doctor_id = any(wanted)
      and (location is null or s.location_id = location)
      and (s.closed_by is distinct from 'removed' or s.appointment_id is not null));
  waiting := array(
    select a from appointments a
    where a.status = 'to-place' and a.doctor_id = any(wanted) and (location is null or a.location_id = location)
      and a.starts_at between from_date - interval '1 day' and to_date + interval '2 days'
      and date_there(a) between from_date and to_date);
  board := jsonb_build_object('slots', board_slots_json(page, at),
    'appointments', board_appointments_json(page, waiting, me.role = 'doctor'),
    'doctors', (
      select coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'name', d.name, 'specialty', d.specialty)
        order by d.specialty, d.name, d.id), '[]')
      from doctors d
      where d.id in (select s.doctor_id from unnest(page) s union select a.doctor_id from unnest(waiting) a)),
    'absences', (
      select coalesce(jsonb_agg(jsonb_build_object('doctorId', e.doctor_id) || exception_json(e)
        order by e.from_date, e.id), '[]')
      from exceptions e
      where e.kind = 'absence' and e.doctor_id = any(wanted) and e.from_date <= read_board.to_date
        and e.to_date >= read_board.from_date and (location is null or e.location_id is null or e.location_id = location)),
    'holidays', (
      select coalesce(jsonb_agg(jsonb_build_object('locationId', h.location_id, 'date', h.date, 'name', h.name)
        order by h.date, h.location_id), '[]')
      from holidays h
      where h.date between from_date and to_date and (location is null or h.location_id = location)));
  tag := md5(board::text);
  if tag is not distinct from known_tag then return jsonb_build_object('tag', tag, 'board', null); end if;
  perform record_list(c, me, 'board.read', newly_shown(me, 'board.read', board));
  return jsonb_build_object('tag', tag, 'board', board);
end $$;
