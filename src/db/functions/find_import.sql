-- An import with its counts and a page of its rows, for an administrator: `ImportReport`, or null. `of_state`: only rows that
-- came to this; `with_findings`: only rows that have findings. The page begins after the row (`after_kind`,
-- `after_row`).
create function find_import(
  c caller, which uuid, of_state text, with_findings boolean, after_kind text, after_row int, batch int
) returns jsonb language plpgsql security definer set search_path from current as $$
declare me people := require_administrator(c); i imports; page import_rows[];
begin
  select * into i from imports x where x.id = which;
  if i.id is null then return null; end if;
  page := array(
    select r from import_rows r
    where r.import_id = i.id and (of_state is null or r.state = of_state)
      and (not with_findings or r.findings <> '[]')
      and (after_kind is null or (r.kind, r.row_number) > (after_kind, after_row))
    order by r.kind, r.row_number limit batch);
  perform record_list(c, me, 'patient.search', array(
    select (f ->> 'patientId')::uuid from unnest(page) r, jsonb_array_elements(r.findings) f where f ? 'patientId'));
  return import_json(i) || jsonb_build_object(
    'counts', (
      select coalesce(jsonb_agg(jsonb_build_object('kind', x.kind, 'state', x.state, 'rows', x.rows, 'corrected', x.corrected,
        'duplicates', x.duplicates) order by x.kind, x.state), '[]')
      from (
        select r.kind, r.state, count(*) as rows, count(*) filter (where r.findings @> '[{"code": "corrected"}]') as corrected,
          count(*) filter (where r.findings @> '[{"code": "possible-duplicate"}]') as duplicates
        from import_rows r where r.import_id = i.id group by r.kind, r.state) x),
    'chunks', (select coalesce(jsonb_agg(jsonb_build_object('kind', k.kind, 'fromRow', k.first_row, 'rows', k.rows)
      order by k.kind, k.first_row), '[]') from import_chunks k where k.import_id = i.id),
    'rows', (select coalesce(jsonb_agg(import_row_json(page[n]) order by n), '[]') from generate_subscripts(page, 1) n));
end $$;
