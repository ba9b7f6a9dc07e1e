-- Adds the slots that doctors' schedules want until the end of the booking horizon: `NewSlot[]`. Returns how many.
create function extend_calendar(request_id text, new_slots jsonb) returns int
language plpgsql security definer set search_path from current as $$
declare added slots[];
begin
  added := insert_slots(new_slots);
  insert into audit (action, entity, entity_id, after, request_id)
  select 'schedule.extend', 'doctor', a.doctor_id,
    jsonb_build_object('added', count(*), 'from', min(a.clinic_date), 'through', max(a.clinic_date)),
    extend_calendar.request_id
  from unnest(added) a group by a.doctor_id;
  return cardinality(added);
end $$;
