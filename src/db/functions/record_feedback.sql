-- Records what the mail service reports of a mail: `delivered`, `bounced`, `complained`, `rejected` or `noted`. After a
-- bounce or a complaint no more mail goes to `addresses`. A bounce, a complaint or a rejection opens a task for staff. Each
-- report takes effect once, so a repeated one does not stop mail that staff have resumed. Returns whether it took effect.
create function record_feedback(outcome text, reason text, delivery uuid, message text, addresses text[]) returns boolean
language plpgsql security definer set search_path from current as $$
declare d deliveries; task text;
begin
  select * into d from deliveries x where x.id = delivery or x.message_id = message
  order by x.id = delivery desc nulls last limit 1 for no key update;
  if d.id is null or d.state <> all (case outcome
    when 'delivered' then array['sending', 'sent', 'failed']
    when 'bounced' then array['sending', 'sent', 'failed', 'delivered']
    when 'complained' then array['sending', 'sent', 'failed', 'delivered', 'bounced']
    else array['sending', 'sent'] end) then
    return false;
  end if;
  update deliveries x set feedback_at = clock_timestamp(), why = reason, message_id = coalesce(x.message_id, message),
    state = case outcome when 'noted' then x.state when 'rejected' then 'failed' else outcome end
  where x.id = d.id;
  if outcome in ('bounced', 'complained') then
    insert into suppressions (address, reason)
    select distinct lower(x), case outcome when 'bounced' then 'bounce' else 'complaint' end from unnest(addresses) x
    on conflict do nothing;
  end if;
  task := case outcome when 'bounced' then 'mail-bounced' when 'complained' then 'mail-complained'
    when 'rejected' then 'mail-refused' end;
  if task is not null then
    perform open_task(task, d.patient_id, d.appointment_id, jsonb_build_object('deliveryId', d.id, 'why', reason));
  end if;
  return true;
end $$;
