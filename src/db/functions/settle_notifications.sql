-- Records what became of claims, each with its delivery. `settled` is an array of {appointment, patient, lease, version,
-- outcome, delivery, message, sequence, fact, why, task}. Outcomes are `nothing`, `sent`, `failed` and `again`. A row stays
-- dirty if its appointment changed after the claim, or if it must be tried again.
create function settle_notifications(settled jsonb) returns void
language plpgsql security definer set search_path from current as $$
declare x record; is_sent boolean; again boolean;
begin
  for x in
    select r.* from jsonb_to_recordset(settled) r(appointment uuid, patient uuid, lease uuid, version int, outcome text,
      delivery uuid, message text, sequence int, fact jsonb, why text, task text)
    order by r.appointment, r.patient
  loop
    is_sent := x.outcome = 'sent';
    again := x.outcome = 'again';
    -- By the lease alone: the patient's record may have been merged into another since the claim.
    update outbox o set
      last_notified = case when is_sent then x.fact else o.last_notified end,
      last_notified_at = case when is_sent then clock_timestamp() else o.last_notified_at end,
      sequence = case when is_sent then x.sequence else o.sequence end,
      attempts = case when again then o.attempts else 0 end,
      lease_id = null,
      lease_until = case when again then message_retry_at(o.attempts) end,
      first_dirty_at = case when again or o.version <> x.version then o.first_dirty_at end,
      due_at = case when again or o.version <> x.version then o.due_at end
    where o.appointment_id = x.appointment and o.lease_id = x.lease;
    if x.task is not null then
      perform open_task(x.task, x.patient, x.appointment, jsonb_build_object('deliveryId', x.delivery, 'why', x.why));
    end if;
    perform settle_delivery(x.delivery, is_sent, x.message, x.why);
  end loop;
end $$;
