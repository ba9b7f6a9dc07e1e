-- A merged record as the audit trail keeps it: as staff see it, with the login.
create function merge_audit(p patients) returns jsonb language plpgsql stable as $$
begin
  return patient_json(p) || jsonb_build_object('personId', p.person_id);
end $$;

-- The data of `version-conflict` and `wrong-state` for a merge, with the record concerned.
create function merge_conflict(p patients) returns jsonb language plpgsql stable as $$
begin
  return record_conflict(p.changed_by, p.updated_at) || jsonb_build_object('patientId', p.id);
end $$;

create function merge_state(current_state text, p patients) returns jsonb language sql immutable
return jsonb_build_object('current', current_state, 'patientId', p.id);

-- Locks the other rows that a merge changes: the source's held slots, its appointments, and their outbox rows. The outbox
-- rows get another key, so a run that is about to send something has begun, or will not.
create function lock_for_merge(source patients, target patients) returns void language plpgsql as $$
begin
  perform from slots s where s.id = any(source.hold_slot_ids) and s.held_by = source.id order by s.id for update;
  perform from appointments a where a.patient_id = source.id order by a.id for no key update;
  perform from outbox o
  where o.patient_id in (source.id, target.id)
    and o.appointment_id in (select x.appointment_id from outbox x where x.patient_id = source.id)
  order by o.appointment_id, o.patient_id for update;
end $$;

-- Two appointments of one time, one of each record, that still have to take place; null when there are none. Past
-- appointments can no longer be changed, so they may overlap.
create function merge_clash(source uuid, target uuid) returns jsonb language plpgsql stable as $$
begin
  return (
    select jsonb_build_object('appointmentId', o.id, 'otherAppointmentId', a.id)
    from appointments a join appointments o on o.patient_id = target
    where a.patient_id = source and a.slot_id is not null and o.slot_id is not null
      and not a.overlap_allowed and not o.overlap_allowed
      and a.status in ('booked', 'moved', 'arrived') and o.status in ('booked', 'moved', 'arrived')
      and greatest(a.ends_at, o.ends_at) > clock_timestamp()
      and tstzrange(a.starts_at, a.ends_at) && tstzrange(o.starts_at, o.ends_at)
    order by o.starts_at, o.id, a.id limit 1);
end $$;
