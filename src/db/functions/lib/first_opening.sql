-- The first free slot by these rules from a position on, in the order of offers. It is of these doctors or of all (null), at
-- one location or all (null). As in free_slots, each doctor's first is read by itself.
create function first_opening(r free_rules, doctors uuid[], wanted_location uuid, after_date date, after_at timestamptz)
returns slots language plpgsql stable as $$
declare s slots;
begin
  if doctors is null then
    select x.* into s from slots x
    where (x.clinic_date, x.starts_at) >= (after_date, after_at) and is_free(x, r)
      and (wanted_location is null or x.location_id = wanted_location)
    order by x.clinic_date, x.starts_at, x.id limit 1;
  else
    select x.* into s from unnest(doctors) d cross join lateral (
      select y.* from slots y
      where y.doctor_id = d and (y.clinic_date, y.starts_at) >= (after_date, after_at) and is_free(y, r)
        and (wanted_location is null or y.location_id = wanted_location)
      order by y.clinic_date, y.starts_at, y.id limit 1) x
    order by x.clinic_date, x.starts_at, x.id limit 1;
  end if;
  return s;
end $$;
