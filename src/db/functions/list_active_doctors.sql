-- The doctors who work here, for anyone: `DoctorList`.
create function list_active_doctors(wanted_specialty text) returns jsonb
language plpgsql stable security definer set search_path from current as $$
begin
  return doctor_list('active', wanted_specialty);
end $$;
