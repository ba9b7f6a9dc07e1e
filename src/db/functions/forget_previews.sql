-- Deletes up to `max_count` previews that are older than `days`, oldest first. Returns how many.
create function forget_previews(days int, max_count int) returns int
language plpgsql security definer set search_path from current as $$
declare forgotten int;
begin
  delete from previews v where v.token in (
    select o.token from previews o where o.created_at < clock_timestamp() - make_interval(days => forget_previews.days)
    order by o.created_at limit max_count for update skip locked);
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
