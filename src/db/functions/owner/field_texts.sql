-- The texts in people's own words that the Worker seals (src/db/fields.ts), each with its row. The database sees them sealed,
-- or in clear where an older version wrote them. The owner's command (npm run fields) seals them again under the newest key.
create function field_texts() returns table (field text, id uuid, stored text) language sql stable
begin atomic
  select 'appointments.reason', a.id, a.reason from appointments a where a.reason is not null
  union all
  select 'appointments.cancel_note', a.id, a.cancel_note from appointments a where a.cancel_note is not null
  union all
  select 'cases.contact_note', k.id, k.contact_note from cases k where k.contact_note is not null;
end;

-- How many texts there are of each column and key version: `v2.`, or `clear`.
create function count_field_texts() returns table (field text, version text, count int)
language plpgsql stable set search_path from current as $$
begin
  return query
    select t.field, coalesce(substring(t.stored from '^v[1-9][0-9]{0,8}\.(?=[A-Za-z0-9_-]{38,}$)'), 'clear'), count(*)::int
    from field_texts() t group by 1, 2 order by 1, 2;
end $$;

-- Up to `batch` texts of a column that do not begin with `newest`, of rows after `after_id`, by id.
create function list_older_texts(wanted text, newest text, after_id uuid, batch int) returns table (id uuid, stored text)
language plpgsql stable set search_path from current as $$
begin
  return query
    select t.id, t.stored from field_texts() t
    where t.field = wanted and t.id > after_id and not starts_with(t.stored, newest)
    order by t.id limit batch;
end $$;

-- Replaces texts of a column, `{id, was, becomes}[]`, and says how many. A row that has changed in between, or is locked, stays
-- as it is. Only the sealing changes: no version, no audit row.
create function replace_texts(wanted text, texts jsonb) returns int language plpgsql set search_path from current as $$
declare replaced int;
begin
  if wanted = 'cases.contact_note' then
    with mine as (
      select k.id, x.becomes from jsonb_to_recordset(texts) x (id uuid, was text, becomes text)
      join cases k on k.id = x.id and k.contact_note = x.was
      order by k.id for no key update of k skip locked)
    update cases k set contact_note = m.becomes from mine m where k.id = m.id;
  else
    with mine as (
      select a.id, x.becomes from jsonb_to_recordset(texts) x (id uuid, was text, becomes text)
      join appointments a on a.id = x.id
        and case wanted when 'appointments.reason' then a.reason else a.cancel_note end = x.was
      order by a.id for no key update of a skip locked)
    update appointments a set
      reason = case wanted when 'appointments.reason' then m.becomes else a.reason end,
      cancel_note = case wanted when 'appointments.cancel_note' then m.becomes else a.cancel_note end
    from mine m where a.id = m.id;
  end if;
  get diagnostics replaced = row_count;
  return replaced;
end $$;
