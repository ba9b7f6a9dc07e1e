-- Switches the source's record off. Ends what the target cannot have twice: holds, an open task about one problem, a
-- calendar address without a login.
create function end_source(c caller, me people, s patients, target patients, reason text) returns void
language plpgsql as $$
declare gone patients; other_feed uuid := case when s.person_id is null then s.id else target.id end;
begin
  update patients x set active = false, inactive_because = null, merged_into = target.id, person_id = null, hold_slot_ids = '{}',
    changed_by = me.id, updated_at = clock_timestamp(), version = x.version + 1
  where x.id = s.id returning * into gone;
  insert into audit (actor_id, patient_id, action, entity, entity_id, before, after, reason, request_id)
  values (me.id, s.id, 'patient.merge', 'patient', s.id, merge_audit(s), merge_audit(gone), end_source.reason, c.request_id);

  with released as (
    update slots x set hold_id = null, held_by = null, hold_expires_at = null, hold_extensions = 0, version = x.version + 1
    where x.id = any(s.hold_slot_ids) and x.held_by = s.id returning old as was, new as becomes)
  insert into audit (actor_id, patient_id, action, entity, entity_id, before, after, reason, request_id)
  select me.id, s.id, 'hold.release', 'slot', (r.was).id, hold_audit(r.was), hold_audit(r.becomes), end_source.reason,
    c.request_id
  from released r;

  with gone_feeds as (delete from calendar_feeds f where f.patient_id = other_feed returning f)
  insert into audit (actor_id, patient_id, action, entity, entity_id, before, reason, request_id)
  select me.id, other_feed, 'calendar-feed.remove', 'patient', other_feed, feed_audit(g.f), end_source.reason, c.request_id
  from gone_feeds g;

  with finished as (
    update tasks k set status = 'done', done_at = clock_timestamp(), done_by = me.id, version = k.version + 1
    where k.patient_id = s.id and k.status = 'open' and k.kind <> 'job-failed' and exists (
      select from tasks o where o.patient_id = target.id and o.kind = k.kind and o.status = 'open')
    returning k.id, k.kind)
  insert into audit (actor_id, patient_id, action, entity, entity_id, before, after, reason, request_id)
  select me.id, s.id, 'task.finish', 'task', d.id, jsonb_build_object('status', 'open', 'kind', d.kind),
    jsonb_build_object('status', 'done', 'kind', d.kind), end_source.reason, c.request_id
  from finished d;
end $$;

-- Makes the source's appointments of every status the target's, with their cases and items of operations. An operation can
-- still be taken back. Appointments that are over may lie at one time.
create function merge_appointments(c caller, me people, source uuid, target uuid, reason text) returns void
language plpgsql as $$
begin
  update operation_items i set patient_id = target,
    left_version = case when i.left_version = a.version then a.version + 1 else i.left_version end
  from appointments a where a.id = i.appointment_id and a.patient_id = source;

  with moved as (
    update appointments a set patient_id = target, version = a.version + 1, changed_by = me.id,
      updated_at = clock_timestamp(), overlap_allowed = a.overlap_allowed or (a.slot_id is not null and exists (
        select from appointments o
        where o.patient_id = target and o.slot_id is not null and not o.overlap_allowed
          and o.starts_at < a.ends_at and o.ends_at > a.starts_at))
    where a.patient_id = source returning old as was, new as becomes)
  insert into audit (actor_id, patient_id, action, entity, entity_id, before, after, reason, request_id)
  select me.id, target, 'appointment.merge', 'appointment', (m.becomes).id, appointment_audit(m.was),
    appointment_audit(m.becomes), merge_appointments.reason, c.request_id
  from moved m;
end $$;
