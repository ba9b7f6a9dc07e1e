-- A doctor (in their own slots) or staff mark that a patient has arrived, was seen, or did not come. No patient arrives
-- before the day at the location, nor fails to come before the start. Corrections: a patient marked absent comes after
-- all, and the last mark can be taken back one step. There is no notification.
create function mark_attendance(c caller, appointment uuid, versions int[], mark text) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  me people; p patients; was appointments; a appointments; earlier jsonb; stale jsonb; may_follow text[]; possible_from timestamptz;
  zone text; at timestamptz;
begin
  me := require_caller(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  stale := stale_version(me, appointment, versions);
  if stale is not null then return refuse(c, me, 'version-conflict', stale); end if;
  p := lock_patient_of(me, appointment, inactive_too => true);
  was := lock_appointment(p, appointment);
  if was.id is null then return refuse(c, me, 'not-found'); end if;
  if was.version <> all (versions) then
    return refuse(c, me, 'version-conflict', version_conflict(me, was.changed_by, was.updated_at, was.location_id));
  end if;
  may_follow := case mark
    when 'arrived' then '{booked, moved, no-show, completed}'
    when 'completed' then '{arrived}'
    when 'no-show' then '{booked, moved, arrived}' end;
  if was.status <> all (may_follow) then
    return refuse(c, me, 'wrong-state', wrong_state(was.status, was.location_id));
  end if;
  at := clock_timestamp();
  zone := zone_of(was.location_id);
  possible_from := case mark when 'no-show' then was.starts_at
    else date_trunc('day', was.starts_at at time zone zone) at time zone zone end;
  if possible_from > at then
    return refuse(c, me, 'wrong-state', wrong_state(was.status, was.location_id, possible_from));
  end if;
  update appointments x set status = mark, changed_by = me.id, updated_at = at, version = x.version + 1
  where x.id = was.id returning * into a;
  return done(c, me, 'appointment.' || mark, 'appointment', a.id, p.id, appointment_audit(was), appointment_audit(a),
    appointment_json(a));
end $$;
