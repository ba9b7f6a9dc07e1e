-- Whether the caller may do what only administrators may. Where policy requires it (`step_up_minutes` above 0), they must
-- have logged in with a second factor within that time. The right is read from the person in each statement. So a change of
-- it holds from the next request on.
create function may_administer(c caller, me people, step_up_minutes int default null) returns boolean
language plpgsql stable as $$
begin
  return me.administrator and has_stepped_up(c, coalesce(may_administer.step_up_minutes,
    (select y.step_up_minutes from policy y)));
end $$;

-- Whether the login proved a second factor within the last `minutes`; 0 requires none.
create function has_stepped_up(c caller, minutes int) returns boolean language plpgsql stable as $$
begin
  return minutes = 0 or coalesce(c.second_factor_at > clock_timestamp() - make_interval(mins => minutes), false);
end $$;

-- The answer to a caller who may not administer.
create function refuse_administration(c caller, me people, step_up_minutes int default null) returns jsonb
language plpgsql as $$
begin
  if not me.administrator then return refuse(c, me, 'forbidden'); end if;
  return refuse(c, me, 'step-up-required', jsonb_build_object('minutes', coalesce(
    refuse_administration.step_up_minutes, (select y.step_up_minutes from policy y))));
end $$;
