-- The clinic as staff see it: `ClinicRecordRow`.
create function find_clinic(c caller) returns jsonb
language plpgsql security definer set search_path from current as $$
begin
  perform require_staff(c);
  return (select clinic_json(x) from clinic x);
end $$;
