-- Records what became of a delivery. The mail service may have reported it before the Worker did: that report stays.
create function settle_delivery(delivery uuid, is_sent boolean, message text, reason text) returns void
language plpgsql as $$
begin
  update deliveries d set
    state = case when d.state <> 'sending' then d.state when is_sent then 'sent' else 'failed' end,
    finished_at = clock_timestamp(), message_id = coalesce(message, d.message_id), why = coalesce(reason, d.why)
  where d.id = delivery;
end $$;
