-- Deletes up to `max_count` rows of dry runs that are older than `days`, and dry runs without rows. Returns how many.
create function forget_dry_runs(days int, max_count int) returns int
language plpgsql security definer set search_path from current as $$
declare
  old uuid[] := array(select i.id from imports i
    where i.dry_run and i.created_at < clock_timestamp() - make_interval(days => forget_dry_runs.days));
  forgotten int;
begin
  delete from import_rows r where (r.import_id, r.kind, r.row_number) in (
    select x.import_id, x.kind, x.row_number from import_rows x where x.import_id = any(old) limit max_count);
  get diagnostics forgotten = row_count;
  if forgotten < max_count then
    delete from import_chunks k where k.import_id = any(old);
    delete from imports i where i.id = any(old);
  end if;
  return forgotten;
end $$;
