-- A doctor's weekly schedule, `ScheduleRow`, for staff and for that doctor.
create function find_schedule(c caller, doctor uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare d doctors := readable_doctor(require_caller(c), doctor);
begin
  if d.id is null then return null; end if;
  return jsonb_build_object('version', d.schedule_version, 'sessions', sessions_json(d.id));
end $$;
