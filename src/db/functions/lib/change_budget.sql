-- Four limits on a patient. Moves of one appointment. Changes of all their appointments within a window. Bookings, moves and
-- cancellations within it. Appointments to come.

-- Those of the instants that are within the policy's window, oldest first.
create function within_window(times timestamptz[], at timestamptz) returns timestamptz[] language plpgsql stable as $$
begin
  return array(
    select x from unnest(times) x
    where x > at - make_interval(days => (select y.change_window_days from policy y)) order by x);
end $$;

-- When the patient changed appointments within the window, oldest first.
create function recent_changes(p patients, at timestamptz) returns timestamptz[] language plpgsql stable as $$
begin
  return within_window(p.change_times, at);
end $$;

-- The data of `change-budget-spent`, or null when the patient may still move appointment `a`.
create function change_budget_spent(a appointments, recent timestamptz[]) returns jsonb language plpgsql stable as $$
declare rules policy; resets_at timestamptz; per text;
begin
  select * into rules from policy;
  if a.changes_used >= rules.change_budget then
    per := 'appointment';
  elsif cardinality(recent) >= rules.patient_change_budget then
    per := 'patient';
    if rules.patient_change_budget > 0 then
      resets_at := recent[cardinality(recent) - rules.patient_change_budget + 1]
        + make_interval(days => rules.change_window_days);
    end if;
  else
    return null;
  end if;
  return jsonb_build_object('per', per, 'resetsAt', ms(resets_at), 'phone', (select x.phone from clinic x),
    'zone', zone_of(a.location_id));
end $$;

-- The data of `booking-limit`, or null when the patient may act. Every booking, move and cancellation notifies the patient
-- and takes or frees a slot. So all of them count. `books`: the number of appointments to come limits it too.
create function booking_limit(p patients, books boolean, at timestamptz) returns jsonb language plpgsql stable as $$
declare rules policy; acts timestamptz[]; said jsonb; live int;
begin
  select * into rules from policy;
  said := jsonb_build_object('phone', (select x.phone from clinic x), 'zone', (select x.time_zone from clinic x));
  if books then
    select count(*) into live from appointments a
    where a.patient_id = p.id and (a.status = 'to-place' or (a.status in ('booked', 'moved') and a.starts_at > at));
    if live >= rules.appointments_per_patient then
      return said || jsonb_build_object('what', 'appointments', 'limit', rules.appointments_per_patient, 'resetsAt', null);
    end if;
  end if;
  acts := within_window(p.change_times || p.booking_times, at);
  if cardinality(acts) < rules.patient_action_budget then return null; end if;
  return said || jsonb_build_object('what', 'actions', 'limit', rules.patient_action_budget,
    'resetsAt', ms(acts[cardinality(acts) - rules.patient_action_budget + 1] + make_interval(days => rules.change_window_days)));
end $$;

-- Counts a booking against the patient. Bookings before the window are forgotten.
create function count_booking(p patients, at timestamptz) returns void language plpgsql as $$
begin
  update patients t set booking_times = within_window(t.booking_times, at) || at where t.id = p.id;
end $$;

-- Counts a change against the patient, whose `recent` changes are all that is remembered.
create function count_change(p patients, recent timestamptz[], at timestamptz) returns void language plpgsql as $$
begin
  update patients t set change_times = recent || at where t.id = p.id;
end $$;
