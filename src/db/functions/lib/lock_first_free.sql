-- The first free slot, locked, that no other statement has locked; null when there is none. Each of the three searches is
-- one index scan in the order of offers, and stops at its first row.
create function lock_first_free(r free_rules, doctor uuid, wanted_specialty text, to_date date) returns slots
language plpgsql as $$
declare s slots; specialists uuid[]; first_free slots; last_free slots; last_date date := coalesce(to_date, 'infinity');
begin
  if doctor is not null then
    select x.* into s from slots x
    where x.doctor_id = doctor and (x.clinic_date, x.starts_at) > (r.floor_date, r.floor_at) and x.clinic_date <= last_date
      and is_free(x, r)
    order by x.clinic_date, x.starts_at, x.id limit 1 for update skip locked;
    return s;
  end if;
  if wanted_specialty is null then
    select x.* into s from slots x
    where (x.clinic_date, x.starts_at) > (r.floor_date, r.floor_at) and x.clinic_date <= last_date
      and is_free(x, r)
    order by x.clinic_date, x.starts_at, x.id limit 1 for update skip locked;
    return s;
  end if;
  -- The locking scan reads the slots of all doctors in order. So it goes only from the specialty's first free slot to its
  -- last. Otherwise it would read all slots when the specialty is booked up.
  specialists := array(select d.id from doctors d where d.specialty = wanted_specialty);
  select x.* into first_free from unnest(specialists) d cross join lateral (
    select y.* from slots y
    where y.doctor_id = d and (y.clinic_date, y.starts_at) > (r.floor_date, r.floor_at) and is_free(y, r)
    order by y.clinic_date, y.starts_at, y.id limit 1) x
  order by x.clinic_date, x.starts_at, x.id limit 1;
  if first_free.id is null then return null; end if;
  select x.* into last_free from unnest(specialists) d cross join lateral (
    select y.* from slots y
    where y.doctor_id = d and (y.clinic_date, y.starts_at) > (r.floor_date, r.floor_at) and is_free(y, r)
    order by y.clinic_date desc, y.starts_at desc, y.id desc limit 1) x
  order by x.clinic_date desc, x.starts_at desc, x.id desc limit 1;
  select x.* into s from slots x
  where (x.clinic_date, x.starts_at) >= (first_free.clinic_date, first_free.starts_at)
    and (x.clinic_date, x.starts_at) <= (last_free.clinic_date, last_free.starts_at)
    and x.clinic_date <= last_date and x.doctor_id = any(specialists) and is_free(x, r)
  order by x.clinic_date, x.starts_at, x.id limit 1 for update skip locked;
  return s;
end $$;
