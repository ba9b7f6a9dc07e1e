-- The input of a plan for a change: `Stock` of the appointments that it displaces, the slots that it makes or opens, as
-- `made`: `CandidateSlot[]`, and whose appointments they are, as `people`: `{name, unreachable}` by appointment.
-- `made_slots`: `{id, stored, doctorId, locationId, startsAt, endsAt, date, holdEnds}`. `stored` is the id of a slot that
-- exists; `holdEnds` says that the change ends a hold on it.
create function preview_stock(c caller, appointment_ids uuid[], made_slots jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare at timestamptz := clock_timestamp();
begin
  perform require_staff(c);
  return jsonb_build_object(
    'stock', reassignment_stock(array(
      select w from displaced_appointments(appointment_ids, appointment_ids) w)),
    'people', (
      select coalesce(jsonb_object_agg(a.id, jsonb_build_object('name', t.name, 'unreachable', is_unreachable(t))), '{}')
      from appointments a join patients t on t.id = a.patient_id where a.id = any (appointment_ids)),
    'made', (
      select coalesce(jsonb_agg(jsonb_build_object('slotId', x.id, 'doctorId', d.id, 'specialty', d.specialty,
        'locationId', l.id, 'startsAt', x."startsAt", 'endsAt', x."endsAt", 'day', day_number(x.date),
        'minute', minute_of_day(to_timestamp(x."startsAt" / 1000.0) at time zone l.time_zone))), '[]')
      from jsonb_to_recordset(made_slots) x(id text, stored uuid, "doctorId" uuid, "locationId" uuid, "startsAt" bigint,
          "endsAt" bigint, date date, "holdEnds" boolean)
        join doctors d on d.id = x."doctorId" and d.active join locations l on l.id = x."locationId"
      where x."holdEnds" or not exists (select from slots s where s.id = x.stored and s.hold_expires_at > at)));
end $$;
