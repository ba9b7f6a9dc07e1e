-- When the patient's holding time would be restored in full if `seconds` more were held from `at` on. A token bucket kept as
-- one instant (the generic cell rate algorithm, ITU-T I.371). A day's holding time is refilled evenly over a day. What is
-- granted is charged in full, so that holding and releasing in a loop is bounded as well.
create function hold_quota_after(p patients, seconds numeric, at timestamptz) returns timestamptz
language plpgsql stable as $$
begin
  return greatest(p.hold_quota_restored_at, at)
    + make_interval(secs => seconds * (86400 / 60.0 / (select y.hold_minutes_per_day from policy y)));
end $$;

-- Whether a quota restored only at `restored_at` is used up: more than a day's holding time is out.
create function hold_quota_exceeded(restored_at timestamptz, at timestamptz) returns boolean language sql stable
return restored_at > at + interval '86400 seconds';

-- The data of `hold-limit`: the time when enough is refilled.
create function hold_limit(restored_at timestamptz) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('resetsAt', ms(restored_at - interval '86400 seconds'),
    'zone', (select c.time_zone from clinic c));
end $$;
