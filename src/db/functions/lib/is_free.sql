-- The rules of `free` for this reader at this instant. Minimum notice, late openings and times kept for the placement
-- queue bind patients, not staff. `from_date` (a clinic date, or null) moves the floor on.
create function free_rules_for(for_staff boolean, patient uuid, from_date date default null) returns free_rules
language plpgsql as $$
declare r free_rules; p policy; first_date date;
begin
  select * into p from policy;
  r.at := clock_timestamp();
  r.soonest := r.at + case when for_staff then interval '0' else make_interval(mins => p.min_notice_minutes) end;
  r.for_staff := for_staff;
  r.late_openings := p.late_openings = 'patients';
  r.patient_id := patient;
  -- A free slot starts in the future. So its date is not before the earliest present date of any location. Without this
  -- floor a search would read the day's past, or all history, before the first free slot.
  select min((r.soonest at time zone l.time_zone)::date) into first_date from locations l;
  r.floor_date := greatest(first_date, from_date);
  r.floor_at := case when from_date > first_date then '-infinity'::timestamptz else r.soonest end;
  return r;
end $$;

-- The same rules for slots offered to a patient: none at the time of another appointment than `moving`. Without a patient no
-- more is left out.
create function offer_rules_for(
  for_staff boolean, patient uuid, moving uuid default null, from_date date default null
) returns free_rules language plpgsql as $$
declare r free_rules := free_rules_for(for_staff, patient, from_date);
begin
  select range_agg(tstzrange(o.starts_at, o.ends_at)) into r.busy from appointments o
  where o.patient_id = patient and o.slot_id is not null and o.id is distinct from moving
    -- No slot is longer than a day, and starts have an index.
    and o.starts_at > r.at - interval '1 day' and o.ends_at > r.at;
  return r;
end $$;

-- Why patient `p` could confirm no slot at all: a refusal with its code. Null when they could. It is
-- judged for a booking, or for a move of appointment `moving`. Another patient's appointment is as good as none.
create function why_not_another(p patients, moving uuid, at timestamptz) returns jsonb language plpgsql stable as $$
declare a appointments; said jsonb;
begin
  if moving is not null then
    select * into a from appointments x where x.id = moving and x.patient_id = p.id;
  end if;
  if a.id is null then return '{"code": "booking-limit"}' || booking_limit(p, true, at); end if;
  if a.status not in ('booked', 'moved', 'to-place') then
    return '{"code": "wrong-state"}' || wrong_state(a.status, a.location_id);
  end if;
  if is_frozen(a, at) then return '{"code": "frozen"}' || frozen('appointment'); end if;
  if a.status <> 'booked' then return null; end if;
  said := change_budget_spent(a, recent_changes(p, at));
  if said is not null then return '{"code": "change-budget-spent"}' || said; end if;
  return '{"code": "booking-limit"}' || booking_limit(p, false, at);
end $$;

-- The one predicate of "free", shared by offers and holds. A patient's own hold counts as free for
-- that patient. One expression without subqueries: the planner inlines it, and so keeps the order of the partial indexes.
create function is_free(s slots, r free_rules) returns boolean language sql stable
return s.status = 'open' and s.appointment_id is null and s.starts_at > r.soonest
  and (r.for_staff or ((not s.late_opening or r.late_openings) and (s.offered_until is null or s.offered_until <= r.at)))
  and (s.hold_id is null or s.hold_expires_at <= r.at or s.held_by = r.patient_id)
  and (r.busy is null or not r.busy && tstzrange(s.starts_at, s.ends_at));

-- The patient has another appointment during the slot, other than `except`. No slot is longer than a day. So this bound on
-- the start lets the index find the other appointment among many years' appointments.
create function overlapping_appointment(patient uuid, s slots, except_id uuid default null) returns uuid
language plpgsql stable as $$
begin
  return (
    select o.id from appointments o
    where o.patient_id = patient and o.slot_id is not null and not o.overlap_allowed and o.id is distinct from except_id
      and o.starts_at > s.starts_at - interval '1 day' and o.starts_at < s.ends_at and o.ends_at > s.starts_at
    limit 1);
end $$;
