-- The budget of moves: a number for one appointment, and a number of changes of all the patient's within a window.

-- When the patient changed appointments within the budget's window, oldest first.
create function recent_changes(p patients, at timestamptz) returns timestamptz[] language plpgsql stable as $$
begin
  return array(
    select x from unnest(p.change_times) x
    where x > at - make_interval(days => (select y.change_window_days from policy y)) order by x);
end $$;

-- What `change-budget-spent` says, or null when the patient may still move appointment `a`.
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

-- Counts a change against the patient, whose `recent` changes are all that is remembered.
create function count_change(p patients, recent timestamptz[], at timestamptz) returns void language plpgsql as $$
begin
  update patients t set change_times = recent || at where t.id = p.id;
end $$;
