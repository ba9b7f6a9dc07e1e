-- Records what became of claimed reminders, each with its delivery. `settled` is an array of {appointment, patient, lease,
-- delivery, outcome, message, why}. Outcomes are `sent`, `failed` (opens a task for staff) and `again` (tried later, if it
-- is still due then).
create function settle_reminders(settled jsonb) returns void
language plpgsql security definer set search_path from current as $$
declare x record;
begin
  for x in
    select r.* from jsonb_to_recordset(settled) r(appointment uuid, patient uuid, lease uuid, delivery uuid, outcome text,
      message text, why text)
    order by r.appointment, r.patient
  loop
    -- By the lease alone: the patient's record may have been merged into another since the claim.
    update reminders r set lease_id = null,
      state = case x.outcome when 'sent' then 'sent' when 'failed' then 'skipped' else r.state end,
      lease_until = case when x.outcome = 'again' then message_retry_at(r.attempts) end
    where r.appointment_id = x.appointment and r.lease_id = x.lease;
    if x.outcome = 'failed' then
      perform open_task('mail-refused', x.patient, x.appointment,
        jsonb_build_object('deliveryId', x.delivery, 'why', x.why));
    end if;
    perform settle_delivery(x.delivery, x.outcome = 'sent', x.message, x.why);
  end loop;
end $$;
