-- The appointments, from 30 days ago on, of the patient or doctor whose calendar feed has this secret (SHA-256 in
-- hexadecimal): `FeedRow`. What does not take place is left out. Null when there is no such feed, or its owner cannot log in
-- any more.
create function read_calendar_feed(secret text) returns jsonb
language plpgsql security definer set search_path from current as $$
declare f calendar_feeds; owner_role text;
begin
  select * into f from calendar_feeds x where x.secret_hash = decode(secret, 'hex');
  select p.role into owner_role from people p
  where p.active and p.id = coalesce(
      (select t.person_id from patients t where t.id = f.patient_id and t.active and t.merged_into is null),
      (select d.person_id from doctors d where d.id = f.doctor_id and d.active))
    and p.role = case when f.doctor_id is null then 'patient' else 'doctor' end;
  if owner_role is null then return null; end if;
  return jsonb_build_object('role', owner_role, 'clinicName', (select x.name from clinic x), 'events', (
    select coalesce(jsonb_agg(event_json(a) order by a.starts_at, a.id), '[]')
    from (
      select y.* from appointments y where y.patient_id = f.patient_id and y.starts_at > now() - interval '30 days'
      union all
      select y.* from appointments y where y.doctor_id = f.doctor_id and y.starts_at > now() - interval '30 days') a
    where a.slot_id is not null));
end $$;
