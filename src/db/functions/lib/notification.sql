-- The state of an appointment for its patient: `Fact` (src/domain/settle.ts). If staff transferred it to another patient,
-- the former patient learns only that it is over, at the place of `last_notified`.
create function fact_json(a appointments, patient uuid, last_notified jsonb default null) returns jsonb
language plpgsql stable as $$
declare is_theirs boolean := a.patient_id = patient; fact jsonb;
begin
  fact := jsonb_build_object(
    'state', case when not is_theirs or a.status = 'cancelled' then 'cancelled'
      when a.status = 'to-place' then 'being-placed' when a.status = 'moved' then 'moved-by-clinic' else 'booked' end,
    'startsAt', ms(a.starts_at), 'endsAt', ms(a.ends_at),
    'timeZone', (select l.time_zone from locations l where l.id = a.location_id),
    'locationId', a.location_id, 'doctorId', a.doctor_id);
  if is_theirs or last_notified is null then return fact; end if;
  return fact || (last_notified - 'state');
end $$;

-- Whether the patient knows of appointment `a` as it is, and no change waits in the outbox.
create function is_up_to_date(o outbox, a appointments) returns boolean language sql stable
return o.due_at is null and o.last_notified ->> 'state' in ('booked', 'moved-by-clinic')
  and (o.last_notified ->> 'startsAt')::bigint = ms(a.starts_at) and (o.last_notified ->> 'endsAt')::bigint = ms(a.ends_at)
  and o.last_notified ->> 'locationId' = a.location_id::text and o.last_notified ->> 'doctorId' = a.doctor_id::text;

-- The highest `sequence` of messages begun after the last recorded one, which may have been sent; null if there is none.
-- Only some failures say for sure that a message was not sent.
create function perhaps_sent(o outbox) returns int language plpgsql stable as $$
begin
  return (
    select max(d.sequence) from deliveries d
    where d.appointment_id = o.appointment_id and d.patient_id = o.patient_id and d.sequence > o.sequence
      and d.kind <> 'reminder'
      and (d.state <> 'failed' or d.why not in ('no-address', 'patient-inactive', 'suppressed', 'MessageRefused', 'MessageNotTaken')));
end $$;

-- The end of the patient's pause by the policy's maximum of mails within 24 hours, for outbox row `o` of appointment `a`.
-- Null if one may go now. The next one states the appointment as it then stands. No notification waits beyond a start that
-- the patient knows, or the true one. Otherwise the patient would come in vain, or not come.
create function mails_resume_at(o outbox, a appointments) returns timestamptz language plpgsql stable as $$
declare at timestamptz := clock_timestamp(); resume timestamptz; known timestamptz;
begin
  select d.started_at + interval '24 hours' into resume from deliveries d
  where d.patient_id = o.patient_id and d.started_at > at - interval '24 hours' and d.kind <> 'reminder'
    and d.state <> 'failed'
  order by d.started_at desc offset (select p.mails_per_day - 1 from policy p) limit 1;
  known := to_timestamp((o.last_notified ->> 'startsAt')::float8 / 1000);
  if a.starts_at between at and resume or known between at and resume then return null; end if;
  return resume;
end $$;

-- The iCalendar SEQUENCE of the next message in a row. An appointment's event has one UID, also after a transfer to a
-- patient with the same mailbox. Of two messages a calendar program follows the one with the higher SEQUENCE (RFC 5546
-- 2.1.5). So the present patient's messages are above all those of former patients. A former patient's cancellation is one
-- above their last message, however often it is sent. The others leave a place for it.
create function next_sequence(o outbox, a appointments) returns int language plpgsql stable as $$
declare others int;
begin
  if a.patient_id <> o.patient_id then
    return 1 + greatest(o.sequence, (
      select max(d.sequence) from deliveries d
      where d.appointment_id = o.appointment_id and d.patient_id = o.patient_id and d.kind not in ('cancelled', 'reminder')));
  end if;
  select greatest(
    (select max(x.sequence) from outbox x where x.appointment_id = o.appointment_id and x.patient_id <> o.patient_id),
    (select max(d.sequence) from deliveries d
      where d.appointment_id = o.appointment_id and d.patient_id <> o.patient_id and d.kind <> 'reminder'))
  into others;
  return greatest(o.sequence + 1, perhaps_sent(o) + 1, case when others >= 0 then others + 2 end);
end $$;

-- Whether a former patient's message came into the present patient's mailbox after the last notification. Then the calendar
-- program there follows the wrong message.
create function is_overtaken(o outbox, a appointments, t patients) returns boolean language plpgsql stable as $$
begin
  return a.patient_id = o.patient_id and a.slot_id is not null and o.last_notified is not null and exists (
    select from deliveries d join patients x on x.id = d.patient_id
    where d.appointment_id = o.appointment_id and d.patient_id <> o.patient_id and d.kind <> 'reminder'
      and d.sequence > o.sequence and lower(x.email) = lower(t.email));
end $$;

-- Whether an operation still looks for the appointment's new place. The patient must not be notified of the present one. No
-- notification waits for that beyond the maximum delay.
create function waits_for_operation(o outbox) returns boolean language plpgsql stable as $$
begin
  return exists (select from operation_items i where i.appointment_id = o.appointment_id and i.state = 'pending')
    and o.first_dirty_at + make_interval(secs => (select p.max_delay_seconds from policy p)) > clock_timestamp();
end $$;
