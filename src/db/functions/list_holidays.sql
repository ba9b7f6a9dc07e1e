-- The public holidays, `HolidayRow[]`, by date: of one location, one year, by id, or all.
create function list_holidays(c caller, location uuid, of_year int, holiday uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare first_date date := '-infinity'; last_date date := 'infinity';
begin
  perform require_staff(c);
  if of_year is not null then
    first_date := make_date(of_year, 1, 1);
    last_date := make_date(of_year, 12, 31);
  end if;
  return (
    select coalesce(jsonb_agg(holiday_json(h) order by h.date, l.position, l.name), '[]')
    from holidays h join locations l on l.id = h.location_id
    where (location is null or h.location_id = location) and (holiday is null or h.id = holiday)
      and h.date between first_date and last_date);
end $$;
