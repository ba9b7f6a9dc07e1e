-- A page of tasks for staff, the oldest first: `TaskRow[]`, one more than `page_size` when there are more. `after` is the
-- position {createdAt, id} of the last task of the page before. The list is recorded.
create function list_tasks(c caller, only_status text, only_kind text, after jsonb, page_size int) returns jsonb
language plpgsql security definer set search_path from current set plan_cache_mode = force_custom_plan as $$
declare me people; page tasks[]; after_at timestamptz;
begin
  me := require_staff(c);
  -- Positions count in milliseconds, rows in microseconds. So the row itself says where the page begins, while it is there.
  if after is not null then
    after_at := coalesce((select x.created_at from tasks x where x.id = (after ->> 'id')::uuid),
      to_timestamp((after ->> 'createdAt')::float8 / 1000));
  end if;
  page := array(
    select k from tasks k
    where (only_status is null or k.status = only_status) and (only_kind is null or k.kind = only_kind)
      and (after is null or (k.created_at, k.id) > (after_at, (after ->> 'id')::uuid))
    order by k.created_at, k.id limit page_size + 1);
  perform record_list(c, me, 'task.list', array(
    select k.patient_id from unnest(page[:page_size]) k where k.patient_id is not null));
  return (
    select coalesce(jsonb_agg(task_json(k) order by k.created_at, k.id), '[]')
    from unnest(page) k);
end $$;
