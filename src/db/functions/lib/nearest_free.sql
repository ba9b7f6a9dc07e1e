-- The three free slots nearest to a refused one that the caller may take. Those of the same specialty come first, then any,
-- each by distance in time. Without `wanted_id` they are counted from the start of `from_date`, or from now. None that
-- confirming would refuse, as a booking or as a move of appointment `moving`. A jsonb array of `SlotRow`.
create function nearest_free(
  me people, patient uuid, wanted_id uuid, from_date date default null, moving uuid default null
) returns jsonb language plpgsql as $$
declare r free_rules := offer_rules_for(me.role = 'staff', patient, moving); wanted slots; specialists uuid[];
begin
  if me.role = 'patient' and why_not_another((select t from patients t where t.id = patient), moving, r.at) is not null then
    return '[]';
  end if;
  select * into wanted from slots s where s.id = wanted_id;
  if not found then
    wanted.starts_at := greatest(from_date, r.at);
    wanted.clinic_date := greatest(from_date, r.at::date);
  end if;
  specialists := array(
    select d.id from doctors d where d.specialty = (select o.specialty from doctors o where o.id = wanted.doctor_id));
  return (
    select coalesce(jsonb_agg(slot_json(best.s) order by best.rank, best.distance, (best.s).starts_at, (best.s).id), '[]')
    from (
      select near.* from (
        select distinct on ((n.s).id) n.s, n.rank, abs(extract(epoch from (n.s).starts_at - wanted.starts_at)) as distance
        from (
          select own as s, 1 as rank from unnest(specialists) d cross join lateral free_near(r, wanted, d) own
          union all select other, 2 from free_near(r, wanted, null) other) n
        order by (n.s).id, n.rank) near
      order by near.rank, near.distance, (near.s).starts_at, (near.s).id limit 3) best);
end $$;

-- Up to three free slots on either side of a slot in time, of one doctor or of all (null). Both sides begin with the pair
-- (clinic_date, starts_at), where an index scan can begin.
create function free_near(r free_rules, wanted slots, doctor uuid) returns setof slots language plpgsql as $$
begin
  if doctor is null then
    return query select s.* from slots s
      where (s.clinic_date, s.starts_at) >= (wanted.clinic_date, wanted.starts_at) and s.starts_at >= wanted.starts_at
        and is_free(s, r) and s.id is distinct from wanted.id
      order by s.clinic_date, s.starts_at, s.id limit 3;
    return query select s.* from slots s
      where (s.clinic_date, s.starts_at) < (wanted.clinic_date, wanted.starts_at) and s.starts_at < wanted.starts_at
        and (s.clinic_date, s.starts_at) > (r.floor_date, r.floor_at)
        and is_free(s, r) and s.id is distinct from wanted.id
      order by s.clinic_date desc, s.starts_at desc, s.id desc limit 3;
  else
    return query select s.* from slots s
      where s.doctor_id = doctor
        and (s.clinic_date, s.starts_at) >= (wanted.clinic_date, wanted.starts_at) and s.starts_at >= wanted.starts_at
        and is_free(s, r) and s.id is distinct from wanted.id
      order by s.clinic_date, s.starts_at, s.id limit 3;
    return query select s.* from slots s
      where s.doctor_id = doctor
        and (s.clinic_date, s.starts_at) < (wanted.clinic_date, wanted.starts_at) and s.starts_at < wanted.starts_at
        and (s.clinic_date, s.starts_at) > (r.floor_date, r.floor_at)
        and is_free(s, r) and s.id is distinct from wanted.id
      order by s.clinic_date desc, s.starts_at desc, s.id desc limit 3;
  end if;
end $$;
