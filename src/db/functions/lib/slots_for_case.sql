-- The free slots to rank for a case of appointment `a`: those of each doctor of the specialty that are long enough. They are
-- the nearest 64 before the lost time, 64 after it, and all that are kept for the placement queue. 64 is more than a day of
-- an empty calendar. So all slots left out are further away than those that staff see.
create function slots_for_case(a appointments, r free_rules) returns setof slots language plpgsql stable as $$
declare origin_at timestamptz := greatest(a.starts_at, r.at); origin_date date; specialists uuid[];
begin
  select (origin_at at time zone l.time_zone)::date into origin_date from locations l where l.id = a.location_id;
  specialists := array(select d.id from doctors d
    where d.active and d.specialty = (select m.specialty from doctors m where m.id = a.doctor_id));
  return query
    select s.* from slots s
    where s.id in (
      select x.id from unnest(specialists) d cross join lateral (
        select n.id from slots n
        where n.doctor_id = d and (n.clinic_date, n.starts_at) >= (origin_date, origin_at)
          and n.ends_at - n.starts_at >= a.ends_at - a.starts_at and is_free(n, r)
        order by n.clinic_date, n.starts_at, n.id limit 64) x
      union
      select x.id from unnest(specialists) d cross join lateral (
        select n.id from slots n
        where n.doctor_id = d and (n.clinic_date, n.starts_at) < (origin_date, origin_at)
          and (n.clinic_date, n.starts_at) > (r.floor_date, r.floor_at)
          and n.ends_at - n.starts_at >= a.ends_at - a.starts_at and is_free(n, r)
        order by n.clinic_date desc, n.starts_at desc, n.id desc limit 64) x
      union
      select n.id from slots n
      where n.offered_until > r.at and n.doctor_id = any(specialists)
        and n.ends_at - n.starts_at >= a.ends_at - a.starts_at and is_free(n, r));
end $$;
