-- Which appointments must be placed, by which rules, and how many slots are free on which days: `Stock`
-- (src/db/queries/reassignment.ts). `waiting` are jsonb `DisplacedAppointment`s.
create function reassignment_stock(waiting jsonb[]) returns jsonb language plpgsql as $$
declare
  r free_rules := free_rules_for(false, null); rules jsonb; reach int; first_day int; last_day int; specialties text[];
begin
  rules := reassignment_rules(r.at);
  reach := rules -> 'limits' -> 'reassignDays';
  select min((w ->> 'day')::int) - reach, max((w ->> 'day')::int) + reach, array_agg(distinct w ->> 'specialty')
    into first_day, last_day, specialties from unnest(waiting) w;
  return rules || jsonb_build_object(
    'displaced', (
      select coalesce(jsonb_agg(w order by w -> 'startsAt', w ->> 'appointmentId'), '[]') from unnest(waiting) w),
    'supply', (
      select coalesce(jsonb_agg(jsonb_build_object('specialty', x.specialty, 'day', x.day, 'free', x.free)), '[]')
      from (
        select d.specialty, day_number(s.clinic_date) as day, count(*) as free
        from candidate_slots(r, specialties, date_of_day(first_day), date_of_day(last_day)) s
          join doctors d on d.id = s.doctor_id
        group by d.specialty, s.clinic_date) x));
end $$;
