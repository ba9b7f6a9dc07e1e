-- Switches off the records of doctors whose day of leaving has come, by the clinic's date, and ends their logins. A doctor
-- stays until their last appointment is over, such as one placed by hand into a closed slot. Returns how many.
create function retire_doctors(request_id text) returns int
language plpgsql security definer set search_path from current as $$
declare was doctors; d doctors; at timestamptz := clock_timestamp(); retired int := 0;
begin
  for was in
    select x.* from doctors x
    where x.active and x.leaves_on <= (at at time zone (select c.time_zone from clinic c))::date
      and not exists (select from appointments a where a.doctor_id = x.id and a.slot_id is not null and a.ends_at > at)
    order by x.id for no key update
  loop
    update doctors x set active = false, changed_by = null, updated_at = at, version = x.version + 1
    where x.id = was.id returning * into d;
    update people p set active = false, session_version = p.session_version + 1 where p.id = d.person_id;
    insert into audit (action, entity, entity_id, before, after, request_id)
    values ('doctor.change', 'doctor', d.id, doctor_audit(was), doctor_audit(d), retire_doctors.request_id);
    retired := retired + 1;
  end loop;
  return retired;
end $$;
