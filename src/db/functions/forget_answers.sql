-- Forgets up to `batch` kept answers that are older than `hours`, oldest first. Returns how many. Rows that another
-- statement is deleting are left to it.
create function forget_answers(hours int, batch int) returns int
language plpgsql security definer set search_path from current as $$
declare forgotten int;
begin
  with old as (
    select k.person_id, k.key from idempotency_keys k
    where k.created_at < now() - make_interval(hours => hours)
    order by k.created_at limit batch for update skip locked)
  delete from idempotency_keys k using old where k.person_id = old.person_id and k.key = old.key;
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
