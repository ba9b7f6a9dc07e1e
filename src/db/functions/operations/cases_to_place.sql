-- Locks the patients of the named placement cases, by id. Then reads the cases and the free slots nearest to them:
-- `{named, candidates, rules}` (src/db/verbs/bulk-placement.ts). Under the lock of the patient no other verb changes their appointments
-- or cases. No candidate starts within the freeze or the minimum notice: staff do not speak with these patients first.
create function cases_to_place(c caller, case_ids uuid[], max_slots int) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; r free_rules; rules policy; solver_rules jsonb; named jsonb; candidates jsonb; soonest timestamptz;
begin
  me := require_staff(c);
  perform from patients t
  where t.id in (
    select a.patient_id from cases k join appointments a on a.id = k.appointment_id where k.id = any(case_ids))
  order by t.id for no key update;
  r := free_rules_for(true, null);
  select * into rules from policy;
  solver_rules := reassignment_rules(r.at);
  soonest := r.at + greatest(make_interval(hours => rules.freeze_hours), make_interval(mins => rules.min_notice_minutes));
  select jsonb_agg(case_to_place(me, x.id, r.at) order by x.place) into named
  from unnest(case_ids) with ordinality x (id, place);
  select coalesce(jsonb_agg(n.candidate), '[]') into candidates
  from (
    select candidate_json(s, d.specialty, l.time_zone) as candidate
    from (
        select array_agg(distinct x -> 'displaced' ->> 'specialty') as specialties,
          avg((x -> 'displaced' ->> 'day')::int)::int as middle
        from jsonb_array_elements(named) x where x ->> 'why' is null) reach
      cross join lateral candidate_slots(r, reach.specialties, r.at::date - 1,
        date_of_day((solver_rules -> 'limits' ->> 'lastDay')::int)) s
      join doctors d on d.id = s.doctor_id join locations l on l.id = s.location_id
    where s.starts_at > soonest
    order by abs(day_number(s.clinic_date) - reach.middle), s.starts_at, s.id limit max_slots) n;
  return jsonb_build_object('named', named, 'candidates', candidates, 'rules', solver_rules);
end $$;
