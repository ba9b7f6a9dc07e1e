-- A page of placement cases for staff, the most pressing first: `items`, one more than `page_size` when there are more, and how
-- many are open (`counts`).
-- `only_mine`: those that the caller has claimed. `closed_from`: those closed on this clinic date or later. `after`: {dueAt, id}
-- of the last case of the page before. The list is recorded.
create function list_cases(
  c caller, only_status text, only_mine boolean, closed_from date, after jsonb, page_size int
) returns jsonb
language plpgsql security definer set search_path from current set plan_cache_mode = force_custom_plan as $$
declare
  me people; page cases[]; closed_at_least timestamptz; items jsonb; counts jsonb; at timestamptz := clock_timestamp();
  after_due timestamptz := to_timestamp((after ->> 'dueAt')::float8 / 1000);
begin
  me := require_staff(c);
  select closed_from::timestamp at time zone x.time_zone into closed_at_least from clinic x;
  page := array(
    select k from cases k
    where (only_status is null or k.status = only_status)
      and (not only_mine or (k.status = 'open' and k.claimed_by = me.id and k.claim_expires_at > at))
      and (closed_at_least is null or k.closed_at >= closed_at_least)
      and (after is null or (k.due_at, k.id) > (after_due, (after ->> 'id')::uuid))
    order by k.due_at, k.id limit page_size + 1);
  perform record_list(c, me, 'case.list', array(
    select a.patient_id from unnest(page[:page_size]) k join appointments a on a.id = k.appointment_id));
  select coalesce(jsonb_agg(case_json(me, k, a) order by k.due_at, k.id), '[]') into items
  from unnest(page) k join appointments a on a.id = k.appointment_id;
  select jsonb_build_object('open', count(*),
    'mine', count(*) filter (where k.claimed_by = me.id and k.claim_expires_at > at)) into counts
  from cases k where k.status = 'open';
  return jsonb_build_object('items', items, 'counts', counts);
end $$;
