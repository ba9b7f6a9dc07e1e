-- For staff: a page of slots that came free within the freeze and are still free, soonest first. Each has the patients who
-- could take it: `LateOpeningRow[]`, one more than `page_size` when there are more. `after`: {date, startsAt, id} of the
-- last slot of the page before. Which patients were shown is recorded.
create function list_late_openings(c caller, doctor uuid, after jsonb, page_size int) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  me people; page slots[]; items jsonb; r free_rules := free_rules_for(true, null); after_date date := after ->> 'date';
  after_at timestamptz := to_timestamp((after ->> 'startsAt')::float8 / 1000);
begin
  me := require_staff(c);
  page := array(
    select x from slots x
    where x.late_opening and is_free(x, r) and (doctor is null or x.doctor_id = doctor)
      and (after is null or (x.clinic_date, x.starts_at, x.id) > (after_date, after_at, (after ->> 'id')::uuid))
    order by x.clinic_date, x.starts_at, x.id limit page_size + 1);
  select coalesce(jsonb_agg(jsonb_build_object('slot', slot_json(s), 'date', s.clinic_date, 'doctorName', d.name,
    'candidates', late_candidates(me, s, d)) order by s.clinic_date, s.starts_at, s.id), '[]') into items
  from unnest(page) s join doctors d on d.id = s.doctor_id;
  perform record_list(c, me, 'late-openings.list', array(
    select (x #>> '{}')::uuid from jsonb_array_elements(items) with ordinality i (item, n),
      jsonb_path_query(i.item, '$.candidates[*].patientId') x where i.n <= page_size));
  return items;
end $$;
