-- Forgets the reasons and the notes of cancellation of up to `max_count` appointments that are over for longer than the
-- policy keeps them.
create function forget_reasons(max_count int) returns int
language plpgsql security definer set search_path from current as $$
declare kept_from timestamptz := kept_since((select y.reasons_kept_days from policy y)); forgotten int;
begin
  update appointments a set reason = null, cancel_note = null, version = a.version + 1 where a.id in (
    select x.id from appointments x
    where (x.reason is not null or x.cancel_note is not null) and x.starts_at < kept_from and x.ends_at < kept_from
      and x.status <> 'to-place'
    order by x.starts_at limit max_count for update skip locked);
  get diagnostics forgotten = row_count;
  return record_forgotten('reasons', forgotten);
end $$;
