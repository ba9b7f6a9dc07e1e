-- A doctor's exceptions that are not over on a clinic date, today's when null: `StoredException[]`, by date.
create function list_exceptions(c caller, doctor uuid, from_date date) returns jsonb
language plpgsql security definer set search_path from current as $$
declare d doctors := readable_doctor(require_caller(c), doctor);
begin
  if d.id is null then return null; end if;
  return exceptions_json(d.id, coalesce(list_exceptions.from_date, clinic_today()));
end $$;
