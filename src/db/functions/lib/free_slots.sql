-- The first free slots of an offer after a position, in the order of offers, up to a clinic date. Without `max_count` it is
-- all. Each doctor's first slots are read by themselves. To read all doctors' slots until enough are of these would read
-- everything when they are booked up. Planned for each question, because the dates decide the plan. Other statements of a
-- search keep their plans.
create function free_slots(
  o offer, after_date date, after_at timestamptz, after_id uuid, last_date date, max_count int
) returns setof slots language plpgsql stable set plan_cache_mode = force_custom_plan as $$
declare r free_rules := o.rules;
begin
  if o.doctors is null then
    return query select s.* from slots s
      where (s.clinic_date, s.starts_at, s.id) > (after_date, after_at, after_id) and s.clinic_date <= last_date
        and is_free(s, r) and is_wanted(s, o)
      order by s.clinic_date, s.starts_at, s.id limit max_count;
  else
    return query select x.* from unnest(o.doctors) d cross join lateral (
        select s.* from slots s
        where s.doctor_id = d and (s.clinic_date, s.starts_at, s.id) > (after_date, after_at, after_id)
          and s.clinic_date <= last_date and is_free(s, r) and is_wanted(s, o)
        order by s.clinic_date, s.starts_at, s.id limit max_count) x
      order by x.clinic_date, x.starts_at, x.id limit max_count;
  end if;
end $$;

-- Why an offer has no slot on each of these clinic dates: an array of {date, reason}. The reason is null where none is
-- known. It looks at the day's wanted slots whatever their state, then at the holidays and the booking horizon. `limit 1`
-- keeps the planner from answering a question for all days there ever were.
create function empty_days(days date[], o offer) returns json
language plpgsql stable set plan_cache_mode = force_custom_plan as $$
declare rules policy; soonest timestamptz; doctors uuid[] := o.doctors;
begin
  if days = '{}' then return '[]'; end if;
  select * into rules from policy;
  soonest := (o.rules).at + make_interval(mins => rules.min_notice_minutes);
  return (
    select json_agg(json_build_object('date', e.day, 'reason', case
      when (select true from slots s where s.clinic_date = e.day and (doctors is null or s.doctor_id = any(doctors))
        and is_wanted(s, o) and s.closed_by is null and s.starts_at > soonest limit 1) then 'full'
      when e.day < o.today then 'past'
      when (select true from slots s where s.clinic_date = e.day and (doctors is null or s.doctor_id = any(doctors))
        and is_wanted(s, o) and s.closed_by is null limit 1) then 'past'
      when (select true from slots s where s.clinic_date = e.day and (doctors is null or s.doctor_id = any(doctors))
        and is_wanted(s, o) and s.closed_by = 'holiday' limit 1) then 'holiday'
      when (select true from slots s where s.clinic_date = e.day and (doctors is null or s.doctor_id = any(doctors))
        and is_wanted(s, o) and s.closed_by = 'absence' limit 1) then 'absent'
      when (select true from slots s where s.clinic_date = e.day and (doctors is null or s.doctor_id = any(doctors))
        and is_wanted(s, o) and s.closed_by = 'staff' limit 1) then 'full'
      when exists (
        select from holidays h where h.date = e.day and h.location_id in (
          select w.location_id from schedules w where (doctors is null or w.doctor_id = any(doctors))
            and (o.location_id is null or w.location_id = o.location_id))) then 'holiday'
      when e.day >= o.today + rules.horizon_days then 'not-released' end) order by e.day)
    from unnest(days) e (day));
end $$;
