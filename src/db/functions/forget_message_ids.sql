-- Forgets the mail service's ids of up to `max_count` messages that are older than the policy keeps messages.
create function forget_message_ids(max_count int) returns int
language plpgsql security definer set search_path from current as $$
declare kept_from timestamptz := kept_since((select y.messages_kept_days from policy y)); forgotten int;
begin
  update deliveries d set message_id = null where d.id in (
    select x.id from deliveries x where x.message_id is not null and x.started_at < kept_from
    order by x.started_at limit max_count for update skip locked);
  get diagnostics forgotten = row_count;
  return record_forgotten('message-ids', forgotten);
end $$;
