-- The beginning of a row's report.
create function import_row(i imports, of_kind text, n int, id_there text, findings jsonb) returns import_rows
language plpgsql immutable as $$
declare r import_rows;
begin
  r.import_id := i.id;
  r.kind := of_kind;
  r.row_number := n;
  r.source := i.source;
  r.dry_run := i.dry_run;
  r.source_id := id_there;
  r.findings := import_row.findings;
  r.made_slot := false;
  return r;
end $$;

create function note_import_row(r import_rows) returns void language plpgsql as $$
begin
  insert into import_rows select r.*;
end $$;
