-- Doctors for staff, also those who no longer work here: `DoctorList`. `which`: 'active', 'inactive' or 'all'.
create function list_doctors(c caller, which text, wanted_specialty text) returns jsonb
language plpgsql security definer set search_path from current as $$
begin
  perform require_staff(c);
  return doctor_list(which, wanted_specialty);
end $$;
