-- Locks the case that a verb on appointment `a` concerns: the named one, or else the open one. Null when there is none.
create function lock_case(a appointments, placement uuid) returns cases language plpgsql as $$
declare k cases;
begin
  select * into k from cases x
  where x.appointment_id = a.id and (x.id = placement or (placement is null and x.status = 'open')) for no key update;
  return k;
end $$;

-- Why slot `s` does not suit appointment `a` of patient `p`: a code; null if it does.
create function why_unsuitable(a appointments, p patients, s slots) returns text language plpgsql stable as $$
begin
  if s.ends_at - s.starts_at < a.ends_at - a.starts_at then return 'too-short'; end if;
  if (select d.specialty from doctors d where d.id = s.doctor_id)
    <> (select d.specialty from doctors d where d.id = a.doctor_id) then return 'other-specialty'; end if;
  if s.location_id <> a.location_id and p.keeps_location then return 'other-location'; end if;
  return null;
end $$;

-- The last place that the patient of appointment `a` agreed to, for `moved_from`. An unanswered earlier move has kept it, or
-- the operation that took the slot away. Otherwise it is the appointment's last place.
create function last_agreed(a appointments) returns jsonb language plpgsql stable as $$
declare unanswered jsonb;
begin
  if a.moved_from is not null then return a.moved_from; end if;
  if a.status = 'to-place' then
    select i.unanswered_from into unanswered from operation_items i
    where i.appointment_id = a.id order by i.operation_id desc limit 1;
  end if;
  return coalesce(unanswered, place_json(a));
end $$;
