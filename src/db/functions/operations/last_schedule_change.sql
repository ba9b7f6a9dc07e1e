-- The person who changed a doctor's weekly schedule last, and when. Null if no person has.
create function last_schedule_change(doctor uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
begin
  return (
    select jsonb_build_object('changedBy', p.name, 'changedAt', ms(u.at))
    from audit u join people p on p.id = u.actor_id
    where u.entity_id = doctor and u.action = 'schedule.change' order by u.at desc limit 1);
end $$;
