-- Whether patient `t` wants reminders and a mail can reach them.
create function may_be_reminded(t patients) returns boolean language plpgsql stable as $$
begin
  return t.reminders and t.active and t.email is not null
    and not exists (select from suppressions u where u.address = lower(t.email));
end $$;

-- Whether the patient had a reminder of this appointment at this start, at this lead or a shorter one, under any policy. One
-- that was begun and perhaps never sent can be claimed again after its lease.
create function is_reminded(a appointments, lead int) returns boolean language plpgsql stable as $$
begin
  return exists (
    select from reminders r
    where r.appointment_id = a.id and r.patient_id = a.patient_id and r.starts_at = a.starts_at and r.lead_hours <= lead
      and not (r.lead_hours = lead and r.state = 'sending' and r.lease_until <= clock_timestamp()));
end $$;

-- Claims the reminder of an appointment at a lead; null when another run was faster. The primary key lets no reminder be
-- claimed again except one that was perhaps never sent.
create function claim_reminder(a appointments, lead int) returns reminders language plpgsql as $$
declare claim reminders;
begin
  insert into reminders as r (appointment_id, patient_id, starts_at, lead_hours, state, lease_id, lease_until, attempts)
  values (a.id, a.patient_id, a.starts_at, lead, 'sending', uuidv7(), message_lease_end(), 1)
  on conflict (appointment_id, patient_id, starts_at, lead_hours) do update
    set lease_id = excluded.lease_id, lease_until = excluded.lease_until, attempts = r.attempts + 1
    where r.state = 'sending' and r.lease_until <= clock_timestamp()
  returning * into claim;
  return claim;
end $$;

-- Whether the patient gets reminders, for the page behind the link in a reminder: `ReminderChoice`. Nothing in it says whose
-- it is.
create function reminder_choice(t patients) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('language', language_of(t), 'reminders', t.reminders,
    'clinicName', (select x.name from clinic x));
end $$;
