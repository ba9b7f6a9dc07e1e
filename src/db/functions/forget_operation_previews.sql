-- Forgets the previews of up to `max_count` operations that are older than the policy keeps them. Undoing needs no preview.
create function forget_operation_previews(max_count int) returns int
language plpgsql security definer set search_path from current as $$
declare kept_from timestamptz := kept_since((select y.previews_kept_days from policy y)); forgotten int;
begin
  update operations o set preview = null where o.id in (
    select x.id from operations x where x.preview is not null and x.phase = 'done' and x.created_at < kept_from
    order by x.created_at limit max_count for update skip locked);
  get diagnostics forgotten = row_count;
  return record_forgotten('previews', forgotten);
end $$;
