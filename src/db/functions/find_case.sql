-- A placement case for staff, with the slots and rules that rank free slots for it: `CaseDetail`. Null when there is none.
-- A closed case, and one of a patient whose record is switched off, has no candidates. The read is recorded.
create function find_case(c caller, placement uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; k cases; a appointments; r free_rules; candidates jsonb := '[]';
begin
  me := require_staff(c);
  select * into k from cases x where x.id = placement;
  if k.id is null then return null; end if;
  select * into a from appointments x where x.id = k.appointment_id;
  perform record_read(c, me, 'case.read', 'appointment', a.id, a.patient_id);
  r := offer_rules_for(true, a.patient_id, a.id);
  if k.status = 'open' and (select t.active from patients t where t.id = a.patient_id) then
    select coalesce(jsonb_agg(candidate_json(s, d.specialty, l.time_zone) || jsonb_build_object('doctorName', d.name,
      'zone', l.time_zone, 'offered', coalesce(s.offered_until > r.at, false), 'lateOpening', s.late_opening)), '[]')
      into candidates
    from slots_for_case(a, r) s join doctors d on d.id = s.doctor_id join locations l on l.id = s.location_id;
  end if;
  return reassignment_rules(r.at) || jsonb_build_object('case', case_json(me, k, a), 'candidates', candidates,
    'displaced', (select x from displaced_appointments(array[a.id]) x));
end $$;
