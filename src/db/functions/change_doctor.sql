-- Staff change a doctor's record, or switch it off. Then the login ends and the slots to come are closed. A doctor who has
-- appointments to come is not switched off: their patients must be moved or cancelled first. All slots to come are locked
-- before their appointments are counted, so that no patient books in between. Switched on again, staff open the slots that
-- they want. `changes`: columns with their new values.
create function change_doctor(c caller, doctor uuid, versions int[], changes jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; was doctors; d doctors; earlier jsonb; slot_ids uuid[]; booked int;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  select * into was from doctors x where x.id = doctor for no key update;
  if was.id is null then return refuse(c, me, 'not-found'); end if;
  if was.version <> all (versions) then
    return refuse(c, me, 'version-conflict', record_conflict(was.changed_by, was.updated_at));
  end if;
  d := jsonb_populate_record(was, changes);
  if was.active and not d.active then
    slot_ids := array(
      select s.id from slots s where s.doctor_id = was.id and s.ends_at > clock_timestamp() order by s.id for update);
    select count(*) into booked from slots s where s.id = any(slot_ids) and s.appointment_id is not null;
    if booked > 0 then
      return refuse(c, me, 'wrong-state', jsonb_build_object('current', 'active', 'appointments', booked));
    end if;
  end if;
  if d is not distinct from was then return done_already(c, me, doctor_json(was)); end if;
  update doctors x set name = d.name, specialty = d.specialty, slot_minutes = d.slot_minutes, active = d.active,
    -- A doctor who is back has no day of leaving any more.
    leaves_on = case when was.active or not d.active then x.leaves_on end,
    changed_by = me.id, updated_at = clock_timestamp(), version = x.version + 1
  where x.id = was.id returning * into d;
  update slots s set status = 'closed', closed_by = 'staff', version = s.version + 1
  where s.id = any(slot_ids) and s.status = 'open';
  if d.active <> was.active then perform switch_login(d.person_id, d.active); end if;
  return done(c, me, 'doctor.change', 'doctor', d.id, null, doctor_audit(was), doctor_audit(d), doctor_json(d));
end $$;
