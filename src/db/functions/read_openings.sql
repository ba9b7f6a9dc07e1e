-- The first free slot on each of the next `max_count` clinic dates that have one, from `from_date` (default: today). It is
-- of a doctor, a specialty or all doctors, at one location or all. It offers what a hold would take, because both ask
-- is_free. For a patient it leaves out the times of their other appointments, and all times when they may book no more.
-- Patients ask for themselves, staff for the patient they name, if they name one. `OpeningRow[]`; null when there is no such
-- patient.
create function read_openings(
  c caller, patient uuid, doctor uuid, wanted_specialty text, wanted_location uuid, from_date date, max_count int
) returns jsonb language plpgsql security definer set search_path from current set plan_cache_mode = force_custom_plan
as $$
declare
  me people; r free_rules; p uuid; doctors uuid[]; after_date date; after_at timestamptz; s slots; found_slots slots[] := '{}';
begin
  me := require_caller(c);
  select t.id into p from patients t
  where (me.role = 'staff' or t.person_id = me.id) and (patient is null or t.id = patient) and t.merged_into is null
    and t.active and (me.role = 'patient' or patient is not null)
  limit 1;
  if p is null and (me.role = 'patient' or patient is not null) then return null; end if;
  if doctor is not null or wanted_specialty is not null then
    doctors := array(
      select d.id from doctors d
      where (doctor is null or d.id = doctor) and (wanted_specialty is null or d.specialty = wanted_specialty));
  end if;
  r := offer_rules_for(me.role = 'staff', p, from_date => from_date);
  if me.role = 'patient' and why_not_another((select t from patients t where t.id = p), null, r.at) is not null then
    return '[]';
  end if;
  after_date := r.floor_date; after_at := r.floor_at;
  loop
    s := first_opening(r, doctors, wanted_location, after_date, after_at);
    exit when s.id is null;
    found_slots := found_slots || s;
    exit when cardinality(found_slots) >= max_count;
    after_date := s.clinic_date + 1; after_at := '-infinity';
  end loop;
  return (
    select coalesce(jsonb_agg(jsonb_build_object('date', x.clinic_date, 'slot', slot_json(x), 'doctorName', d.name,
      'specialty', d.specialty, 'lateOpening', x.late_opening) order by x.clinic_date), '[]')
    from unnest(found_slots) x join doctors d on d.id = x.doctor_id);
end $$;
