-- The import that `asked` names, locked. The first chunk begins it.
create function begin_import(c caller, me people, asked jsonb) returns imports language plpgsql as $$
declare i imports;
begin
  insert into imports as x (name, source, dry_run, notify, actor_id)
  values (asked ->> 'name', asked ->> 'source', (asked ->> 'dryRun')::boolean, (asked ->> 'notify')::boolean, me.id)
  on conflict (name) do nothing returning * into i;
  if i.id is not null then
    insert into audit (actor_id, action, entity, entity_id, after, request_id)
    values (me.id, 'import.begin', 'import', i.id, asked, c.request_id);
    return i;
  end if;
  select * into i from imports x where x.name = asked ->> 'name' for update;
  return i;
end $$;

-- The rows of a chunk as the Worker gives them, in their order. `data` is null for a row that it refuses.
create function given_rows(given jsonb) returns table (n int, source_id text, data jsonb, findings jsonb)
language plpgsql stable as $$
begin
  return query select x.n, x."sourceId", x.data, x.findings
    from jsonb_to_recordset(given) x(n int, "sourceId" text, data jsonb, findings jsonb) order by x.n;
end $$;

-- The row that brought the record with this id of the source: of the dry run itself, or else of any import that wrote it.
create function import_known(i imports, of_kind text, id_there text) returns import_rows language plpgsql stable as $$
declare r import_rows;
begin
  if i.dry_run then
    select * into r from import_rows x
    where x.import_id = i.id and x.kind = of_kind and x.source_id = id_there and x.dry_run and x.state = 'accepted';
    if found then return r; end if;
  end if;
  select * into r from import_rows x
  where x.source = i.source and x.kind = of_kind and x.source_id = id_there and x.state = 'accepted' and not x.dry_run;
  return r;
end $$;

-- A source's id that is a UUID; null for any other.
create function id_of_source(id_there text) returns uuid language plpgsql immutable as $$
begin
  return case when id_there ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then id_there::uuid end;
end $$;

-- A finding that refuses a row: {code, field, refuses, ...}.
create function import_fault(code text, field text, more jsonb default '{}') returns jsonb language plpgsql immutable as $$
begin
  return jsonb_build_object('code', code, 'field', field, 'refuses', true) || more;
end $$;

-- A session of a dry run, as `sessions_json` has it.
create function session_of_row(r import_rows) returns jsonb language sql stable
return jsonb_build_object('weekday', r.session -> 'weekday', 'from', r.session -> 'from_time', 'to', r.session -> 'to_time',
  'slotMinutes', r.session -> 'slot_minutes', 'validFrom', r.session -> 'valid_from', 'validTo', r.session -> 'valid_to',
  'locationId', r.session -> 'location_id');

-- An import for the Worker: `ImportRow`.
create function import_json(i imports) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('id', i.id, 'name', i.name, 'source', i.source, 'dryRun', i.dry_run, 'notify', i.notify,
    'phase', i.phase, 'createdAt', ms(i.created_at), 'undoneAt', ms(i.undone_at),
    'zone', (select x.time_zone from clinic x));
end $$;

-- The report of a chunk: the import and what became of its rows.
create function import_report(i imports, of_kind text, from_row int, count int) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('import', import_json(i), 'rows', (
    select coalesce(jsonb_agg(import_row_json(r) order by r.row_number), '[]') from import_rows r
    where r.import_id = i.id and r.kind = of_kind and r.row_number between from_row and from_row + count - 1));
end $$;

-- What became of a row: `ImportedRow`.
create function import_row_json(r import_rows) returns jsonb language sql stable
return jsonb_build_object('kind', r.kind, 'row', r.row_number, 'sourceId', r.source_id, 'state', r.state,
  'recordId', case when not r.dry_run and r.state <> 'undone' then r.entity_id end, 'findings', r.findings);
