-- One doctor's record for staff: `DoctorRecordRow`, or null.
create function find_doctor(c caller, doctor uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare d doctors;
begin
  perform require_staff(c);
  select * into d from doctors x where x.id = doctor;
  return case when d.id is not null then doctor_json(d) end;
end $$;
