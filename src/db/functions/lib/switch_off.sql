-- The appointments of a patient that are still to take place, by start.
create function still_booked(patient uuid, at timestamptz) returns setof appointments language plpgsql stable as $$
begin
  return query select a.* from appointments a
    where a.patient_id = patient and (a.status = 'to-place' or (a.status in ('booked', 'moved') and a.starts_at > at))
    order by a.starts_at, a.id;
end $$;

-- A patient's record for staff who look at it alone: `PatientRecordRow`. A record that is switched off names the
-- appointments still booked, so that staff can cancel them.
create function patient_record(p patients) returns jsonb language plpgsql stable as $$
begin
  return patient_json(p) || jsonb_build_object('stillBooked', case when not p.active then (
    select coalesce(jsonb_agg(appointment_json(a) order by a.starts_at, a.id), '[]')
    from still_booked(p.id, clock_timestamp()) a) end);
end $$;

-- Ends the live holds of a locked patient: their slots are free. The ids stay until another hold overwrites them. So a verb
-- on such a hold can say why it is over.
create function end_holds(p patients, at timestamptz) returns void language plpgsql as $$
begin
  update slots s set hold_expires_at = at, version = s.version + 1
  where s.id = any(p.hold_slot_ids) and s.held_by = p.id and s.hold_expires_at > at;
end $$;

-- Locks, by id, the slots that switching a patient off frees, and then the appointments that it cancels.
create function lock_what_ends(p patients, cancels boolean, at timestamptz) returns void language plpgsql as $$
begin
  perform from slots s
  where s.id = any(p.hold_slot_ids) or (cancels and s.id in (select b.slot_id from still_booked(p.id, at) b))
  order by s.id for update;
  if cancels then
    perform from appointments a where a.id in (select b.id from still_booked(p.id, at) b) order by a.id for no key update;
  end if;
end $$;

-- Cancels the appointments to come of a patient whose record is switched off, each with an audit row and the record's
-- reason. Returns how many there were, and when the last notification falls due.
create function cancel_still_booked(c caller, me people, p patients, at timestamptz, out cancelled int, out due timestamptz)
language plpgsql as $$
declare was appointments; a appointments;
begin
  cancelled := 0;
  for was in select b.* from still_booked(p.id, at) b loop
    a := cancel_locked(me, was, at, 'patient',
      case p.inactive_because when 'died' then 'deceased' when 'moved-away' then 'elsewhere' else 'other' end, null);
    insert into audit (actor_id, patient_id, action, entity, entity_id, before, after, request_id)
    values (me.id, p.id, 'appointment.cancel', 'appointment', a.id, appointment_audit(was), appointment_audit(a),
      c.request_id);
    due := greatest(due, notify_later(a, was.starts_at));
    cancelled := cancelled + 1;
  end loop;
end $$;
