-- The best free slots instead of the clinic's choice for appointment `a`: a jsonb array of at most two `SlotRow`s. The
-- agreed doctor's come first, then others of the specialty, each nearest to the agreed time. The patient can take each of
-- them and change it again later. There are none where the patient may not change the appointment any more.
create function move_alternatives(a appointments) returns jsonb language plpgsql stable as $$
declare
  r free_rules := offer_rules_for(false, a.patient_id, a.id); rules policy; agreed appointments := a; agreed_date date;
  place uuid; thawed timestamptz; others uuid[];
begin
  if is_frozen(a, r.at) or not (select t.active from patients t where t.id = a.patient_id) then return '[]'; end if;
  select * into rules from policy;
  thawed := r.at + make_interval(hours => rules.freeze_hours);
  if a.moved_from is not null then
    agreed.doctor_id := a.moved_from ->> 'doctorId';
    agreed.location_id := a.moved_from ->> 'locationId';
    agreed.starts_at := to_timestamp((a.moved_from ->> 'startsAt')::float8 / 1000);
  end if;
  select (agreed.starts_at at time zone l.time_zone)::date into agreed_date
  from locations l where l.id = agreed.location_id;
  select agreed.location_id into place from patients t where t.id = a.patient_id and t.keeps_location;
  others := array(select d.id from doctors d where d.id <> agreed.doctor_id
    and d.specialty = (select m.specialty from doctors m where m.id = agreed.doctor_id));
  return (
    select coalesce(jsonb_agg(slot_json(best.s) order by best.rank, best.distance, (best.s).starts_at, (best.s).id), '[]')
    from (
      select n.s, n.rank, abs(extract(epoch from (n.s).starts_at - agreed.starts_at)) as distance
      from (
        select x as s, case when d = agreed.doctor_id then 1 else 2 end as rank
        from unnest(array_prepend(agreed.doctor_id, others)) d cross join lateral
          move_alternatives_of(a, d, agreed.starts_at, agreed_date, place, thawed, r) x) n
      order by n.rank, distance, (n.s).starts_at, (n.s).id limit 2) best);
end $$;

-- Up to two slots of one doctor on either side of the agreed time. The pair (clinic_date, starts_at) begins an index scan
-- and the date ends it. The distance is at most the one for moves by the clinic.
create function move_alternatives_of(
  a appointments, doctor uuid, agreed_at timestamptz, agreed_date date, place uuid, thawed timestamptz, r free_rules
) returns setof slots language plpgsql stable as $$
declare days int := (select p.reassign_days from policy p);
begin
  return query select s.* from slots s
    where s.doctor_id = doctor and (s.clinic_date, s.starts_at) >= (agreed_date, agreed_at)
      and s.clinic_date <= agreed_date + days and s.starts_at > thawed and (place is null or s.location_id = place)
      and s.ends_at - s.starts_at >= a.ends_at - a.starts_at and is_free(s, r)
    order by s.clinic_date, s.starts_at, s.id limit 2;
  return query select s.* from slots s
    where s.doctor_id = doctor and (s.clinic_date, s.starts_at) < (agreed_date, agreed_at)
      and s.clinic_date >= agreed_date - days and s.starts_at > thawed and (place is null or s.location_id = place)
      and s.ends_at - s.starts_at >= a.ends_at - a.starts_at and is_free(s, r)
    order by s.clinic_date desc, s.starts_at desc, s.id desc limit 2;
end $$;
