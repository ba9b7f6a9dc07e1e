-- Forgets up to `max_count` holds that are older than `days`, oldest first. Their ids have their times. The longest hold lives
-- for three days: see the bounds of `holdSeconds` and `holdExtensions`. Returns how many.
create function forget_holds(days int, max_count int) returns int
language plpgsql security definer set search_path from current as $$
declare forgotten int; oldest uuid := first_id_at(kept_since(days));
begin
  delete from holds h where h.id in (
    select x.id from holds x where x.id < oldest
    order by x.id limit max_count for update skip locked);
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
