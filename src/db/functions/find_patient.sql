-- One patient's record for staff: `PatientRow`, or null. The read is recorded.
create function find_patient(c caller, patient uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; p patients;
begin
  me := require_staff(c);
  select * into p from patients t where t.id = patient;
  if p.id is null then return null; end if;
  perform record_read(c, me, 'patient.read', 'patient', p.id, p.id);
  return patient_record(p);
end $$;
