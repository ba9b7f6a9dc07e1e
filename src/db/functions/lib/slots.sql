-- Appointment `a` takes its slot, and any hold on it ends.
create function take_slot(a appointments) returns void language plpgsql as $$
begin
  update slots s set appointment_id = a.id, hold_id = null, held_by = null, hold_expires_at = null, hold_extensions = 0,
    late_opening = false, offered_until = null, version = s.version + 1
  where s.id = a.slot_id;
end $$;

-- An appointment's slot becomes free. Inside the freeze it is a late opening, which staff fill unless the policy offers it
-- to patients. One that fits an open placement case is kept for staff for a while, inside the freeze or not.
create function free_slot(slot uuid) returns void language plpgsql as $$
declare rules policy; at timestamptz := clock_timestamp();
begin
  select * into rules from policy;
  update slots s set appointment_id = null, version = s.version + 1,
    late_opening = s.starts_at > at and s.starts_at - make_interval(hours => rules.freeze_hours) <= at,
    offered_until = case when rules.offer_minutes > 0 and s.starts_at > at and fits_a_case(s)
      then at + make_interval(mins => rules.offer_minutes) end
  where s.id = slot;
end $$;

-- Whether the patient of appointment `a` could be in slot `s` by its length, its place and their other appointments.
create function could_take(a appointments, s slots) returns boolean language plpgsql stable as $$
begin
  return a.ends_at - a.starts_at <= s.ends_at - s.starts_at
    and exists (
      select from patients t where t.id = a.patient_id and t.active and t.merged_into is null
        and (not t.keeps_location or a.location_id = s.location_id))
    and not exists (
      select from appointments o where o.patient_id = a.patient_id and o.slot_id is not null and o.id <> a.id
        -- No slot is longer than a day, and starts have an index.
        and o.starts_at > s.starts_at - interval '1 day' and o.starts_at < s.ends_at
        and tstzrange(o.starts_at, o.ends_at) && tstzrange(s.starts_at, s.ends_at));
end $$;

-- Whether slot `s` fits an open placement case. It is of the specialty, and as near to the lost date as a move by the clinic
-- must be.
create function fits_a_case(s slots) returns boolean language plpgsql stable as $$
declare days interval;
begin
  select make_interval(days => p.reassign_days + 1) into days from policy p;
  -- Mostly no patient waits for a time near this one. To see that is cheaper than to plan the search below.
  if not exists (
    select from appointments w
    where w.status = 'to-place' and w.starts_at between s.starts_at - days and s.starts_at + days) then
    return false;
  end if;
  -- The costly test comes last: `offset 0` keeps the planner from trying it for every pair of a join.
  return exists (
    select from (
      select w as waiting
      from appointments w join cases k on k.appointment_id = w.id and k.status = 'open'
      where w.status = 'to-place'
        and w.doctor_id = any(array(
          select m.id from doctors d join doctors m on m.specialty = d.specialty where d.id = s.doctor_id))
        and s.starts_at between w.starts_at - days and w.starts_at + days
        -- An appointment that is about to be placed automatically needs no slot kept for staff.
        and not exists (select from operation_items i where i.appointment_id = w.id and i.state = 'pending')
      offset 0) x
    where could_take(x.waiting, s));
end $$;
