-- Inserts the slots of a plan, `NewSlot[]` (src/domain/calendar/model.ts), and returns them.
create function insert_slots(new_slots jsonb) returns slots[] language plpgsql as $$
declare inserted slots[];
begin
  with added as (
    insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, status, closed_by, by_hand, origin)
    select x."doctorId", x."locationId", to_timestamp(x."startsAt" / 1000.0), to_timestamp(x."endsAt" / 1000.0), x.date,
      x.status, x."closedBy", x."byHand", x.origin
    from planned_slots(new_slots) x order by x."startsAt" returning *)
  select array_agg(row(a.*)::slots) into inserted from added a;
  return coalesce(inserted, '{}');
end $$;

-- The slots of a plan as rows; those that are there already have an id.
create function planned_slots(planned jsonb) returns table (id uuid, "doctorId" uuid, "locationId" uuid,
  "startsAt" bigint, "endsAt" bigint, date date, status text, "closedBy" text, "byHand" text, origin text)
language plpgsql stable as $$
begin
  return query select x.* from jsonb_to_recordset(planned) x(id uuid, "doctorId" uuid, "locationId" uuid,
    "startsAt" bigint, "endsAt" bigint, date date, status text, "closedBy" text, "byHand" text, origin text);
end $$;
