-- A page of patients: `FoundPatient[]`. Records that were merged into another are left out. First, by name, those in whose
-- name every word is begun by a word asked for. Then, if that does not fill the page, those whose names are a few letters
-- away, nearest first: `rank` is that distance. `born` and `number_begins` narrow both. The page begins after the patient
-- `after_id`, who had `after_rank`. A search without a letter or digit finds no patient. One entry records the patients shown.
create function search_patients(
  c caller, asked text[], born date, number_begins text, after_rank int, after_id uuid, batch int
) returns jsonb language plpgsql security definer set search_path from current set plan_cache_mode = force_custom_plan
set pg_trgm.word_similarity_threshold = 0.3 as $$
declare me people; words text[]; after_name text; exact uuid[] := '{}'; near uuid[] := '{}'; items jsonb; near_items jsonb;
begin
  me := require_staff(c);
  words := array(select btrim(search_text(w)) from unnest(asked) w where btrim(search_text(w)) <> '');
  if number_begins = '' or (cardinality(asked) > 0 and cardinality(words) = 0) then return '[]'; end if;
  -- One letter alone is a whole name: its beginning would be that of half the patients.
  if cardinality(words) = 1 and length(words[1]) = 1 then words[1] := words[1] || ' '; end if;
  select t.name_search into after_name from patients t where t.id = after_id;
  if coalesce(after_rank, 0) = 0 then
    exact := array(
      select t.id from patients t
      where t.merged_into is null and (born is null or t.date_of_birth = born)
        and (number_begins is null or t.number_search like number_begins || '%')
        and begins_with(t.name_search, words) and (after_id is null or (t.name_search, t.id) > (after_name, after_id))
      order by t.name_search, t.id limit batch);
  end if;
  select jsonb_agg(patient_json(t) || '{"rank": 0}' order by t.name_search, t.id) into items
  from patients t where t.id = any(exact);
  if cardinality(words) > 0 and cardinality(exact) < batch then
    select array_agg(x.id), jsonb_agg(patient_json(t) || jsonb_build_object('rank', x.rank)
      order by x.rank, t.name_search, t.id)
    into near, near_items
    from (
      select t.id, d.rank from patients t cross join lateral name_distance(t.name_search, words) d
      where t.merged_into is null and (born is null or t.date_of_birth = born)
        and (number_begins is null or t.number_search like number_begins || '%')
        and resembles(t.name_search, words) and d.is_near and d.rank > 0
        and (coalesce(after_rank, 0) = 0 or d.rank > after_rank
          or (d.rank = after_rank and (t.name_search, t.id) > (after_name, after_id)))
      order by d.rank, t.name_search, t.id limit batch - cardinality(exact)) x
    join patients t on t.id = x.id;
  end if;
  if cardinality(exact || near) > 0 then
    perform record_read(c, me, 'patient.search', 'person', me.id, null,
      jsonb_build_object('patientIds', (select jsonb_agg(x order by x) from unnest((exact || near)[:batch - 1]) x)));
  end if;
  return coalesce(items, '[]') || coalesce(near_items, '[]');
end $$;
