-- The free slots of specialties on some days, as patients could have them, in the order of time: `CandidateSlot[]`.
-- `days`: ranges `{from, to}` of day numbers, both included.
create function read_candidates(specialties text[], days jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare r free_rules := free_rules_for(false, null);
begin
  return (
    select coalesce(jsonb_agg(candidate_json(s, d.specialty, l.time_zone) order by s.starts_at, s.id), '[]')
    from jsonb_to_recordset(days) x("from" int, "to" int)
      cross join lateral candidate_slots(r, specialties, date_of_day(x."from"), date_of_day(x."to")) s
      join doctors d on d.id = s.doctor_id join locations l on l.id = s.location_id);
end $$;
