-- The beginning of a row's report. Its state is null where the row is still to be judged. It is `refused` for a fault that the
-- Worker found, and for an id of the source that an earlier row of this import has. It is `unchanged` for a record that is there
-- already, which stays as it is. `there`: the clinic's record with the id that the source gives, or null.
create function import_row(
  i imports, of_kind text, n int, id_there text, findings jsonb, data jsonb, there uuid
) returns import_rows language plpgsql stable as $$
declare r import_rows; known import_rows := import_known(i, of_kind, id_there);
begin
  r.import_id := i.id;
  r.kind := of_kind;
  r.row_number := n;
  r.source := i.source;
  r.dry_run := i.dry_run;
  r.source_id := id_there;
  r.findings := import_row.findings;
  r.made_slot := false;
  if data is null or known.import_id = i.id then
    r.state := 'refused';
  elsif known.import_id is not null or there is not null then
    r.state := 'unchanged';
    r.entity_id := coalesce(known.entity_id, there);
  end if;
  if known.import_id = i.id then
    r.findings := r.findings || import_fault('same-id', 'id', jsonb_build_object('row', known.row_number));
  end if;
  return r;
end $$;

create function note_import_row(r import_rows) returns void language plpgsql as $$
begin
  insert into import_rows select r.*;
end $$;
