-- Claims notifications that are due and not claimed: those of one appointment, or up to `batch` of all (`appointment` null).
-- Each has the data of its message. Those that failed least often come first, then the oldest, so that rows which always
-- fail block no others. `waiting`: when the named appointment falls due, if it is not due yet.
create function claim_notifications(appointment uuid, batch int) returns jsonb
language plpgsql security definer set search_path from current as $$
declare due outbox[]; claims jsonb; waiting timestamptz; at timestamptz := clock_timestamp();
begin
  if appointment is null then
    due := array(
      select o from outbox o
      where o.due_at <= at and (o.lease_until is null or o.lease_until <= at) and not waits_for_operation(o)
      order by o.attempts, o.due_at limit batch for update skip locked);
  else
    due := array(
      select o from outbox o
      where o.appointment_id = appointment and o.due_at <= at and (o.lease_until is null or o.lease_until <= at)
        and not waits_for_operation(o)
      for update skip locked);
    select min(o.due_at) into waiting from outbox o where o.appointment_id = appointment and o.due_at > at;
  end if;
  update outbox o set lease_id = uuidv7(), lease_until = message_lease_end(), attempts = o.attempts + 1
  from unnest(due) d where o.appointment_id = d.appointment_id and o.patient_id = d.patient_id;
  -- The appointments are read after the rows are locked. So a later change finds its row claimed and raises its version.
  select jsonb_agg(claim_json(o, a, t)) into claims
  from unnest(due) d join outbox o on o.appointment_id = d.appointment_id and o.patient_id = d.patient_id
    join appointments a on a.id = o.appointment_id join patients t on t.id = o.patient_id;
  return jsonb_build_object('claims', coalesce(claims, '[]'), 'waiting', ms(waiting), 'now', ms(clock_timestamp()));
end $$;
