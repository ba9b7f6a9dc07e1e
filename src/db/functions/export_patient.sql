-- Everything about a patient for an administrator (GDPR articles 15 and 20): `PatientExportRow`, or null. The record with
-- those merged into it, the appointments and messages, and the entries of the audit trail, each in order of time. The read
-- is recorded.
create function export_patient(c caller, patient uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; p patients; line uuid[];
begin
  me := require_administrator(c);
  select * into p from patients t where t.id = patient;
  if p.id is null then return null; end if;
  line := merged_with(p.id);
  perform record_read(c, me, 'patient.export', 'patient', p.id, p.id);
  return jsonb_build_object('at', ms(clock_timestamp()),
    'clinic', (select jsonb_build_object('name', x.name, 'phone', x.phone, 'zone', x.time_zone) from clinic x),
    'patient', patient_json(p), 'login', (select l.subject from people l where l.id = p.person_id),
    'merged', (select coalesce(jsonb_agg(patient_json(t) order by t.id), '[]') from patients t
      where t.id = any(line) and t.id <> p.id),
    'doctors', (select coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'name', d.name, 'specialty', d.specialty)
        order by d.name, d.id), '[]')
      from doctors d where d.id in (select a.doctor_id from appointments a where a.patient_id = any(line))),
    'locations', (select coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'name', l.name, 'address', l.address)
        order by l.name, l.id), '[]')
      from locations l where l.id in (select a.location_id from appointments a where a.patient_id = any(line))),
    'appointments', (select coalesce(jsonb_agg(appointment_json(a) order by a.starts_at, a.id), '[]')
      from appointments a where a.patient_id = any(line)),
    'messages', (select coalesce(jsonb_agg(delivery_json(d) order by d.started_at, d.id), '[]')
      from deliveries d where d.patient_id = any(line)),
    'history', (select coalesce(jsonb_agg(audit_json(u) order by u.at, u.id), '[]')
      from audit u where u.patient_id = any(line)));
end $$;
