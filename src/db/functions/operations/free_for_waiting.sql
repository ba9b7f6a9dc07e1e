-- Frees the slots that appointments which still wait to be placed had lost, and that are there again. Each is a late opening
-- or kept for the queue, as any slot that comes free. `lost`: `{doctorId, locationId, startsAt}`.
create function free_for_waiting(lost jsonb) returns int
language plpgsql security definer set search_path from current as $$
begin
  return free_vacated(array(
    select s.id from jsonb_to_recordset(lost) x("doctorId" uuid, "locationId" uuid, "startsAt" bigint)
      join slots s on s.doctor_id = x."doctorId" and s.location_id = x."locationId"
        and s.starts_at = to_timestamp(x."startsAt" / 1000.0)
        and s.clinic_date between to_timestamp(x."startsAt" / 1000.0)::date - 1
          and to_timestamp(x."startsAt" / 1000.0)::date + 1
    where s.appointment_id is null and s.status = 'open'));
end $$;
