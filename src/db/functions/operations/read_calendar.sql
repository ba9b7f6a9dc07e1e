-- A part of the clinic calendar, without locks, for a preview.
create function read_calendar(c caller, scope jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
begin
  perform require_staff(c);
  return calendar_json(scope);
end $$;
