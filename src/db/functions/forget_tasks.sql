-- Deletes up to `max_count` tasks that were done longer ago than the policy keeps them.
create function forget_tasks(max_count int) returns int
language plpgsql security definer set search_path from current as $$
declare kept_from timestamptz := kept_since((select y.tasks_kept_days from policy y)); forgotten int;
begin
  delete from tasks k where k.id in (
    select x.id from tasks x where x.status = 'done' and x.created_at < kept_from and x.done_at < kept_from
    order by x.created_at, x.id limit max_count for update skip locked);
  get diagnostics forgotten = row_count;
  return record_forgotten('tasks', forgotten);
end $$;
