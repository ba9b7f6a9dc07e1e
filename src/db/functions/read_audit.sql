-- A page of the audit trail, newest first, and the clinic's zone: `AuditPage`. `asked`: `AuditFilter`. The page begins
-- after the entry `after_id`, whose time is `after_micros`. `recorded_as`: the action under which this look into the trail
-- is itself recorded; null if it is not.
create function read_audit(c caller, asked jsonb, after_micros bigint, after_id uuid, batch int, recorded_as text)
returns jsonb language plpgsql security definer set search_path from current set plan_cache_mode = force_custom_plan as $$
declare
  me people; f audit_filter := audit_filter_of(asked); page jsonb; patient uuid;
  after_at timestamptz := 'epoch'::timestamptz + after_micros * interval '1 microsecond';
begin
  me := require_staff(c);
  select jsonb_agg(audit_json(x.u) order by (x.u).at desc, (x.u).id desc) into page
  from (
    select u from audit u
    where is_wanted(u, f) and (after_id is null or (u.at, u.id) < (after_at, after_id))
    order by u.at desc, u.id desc limit batch) x;
  if recorded_as is not null then
    -- The trail's own entry must name a record that exists.
    select t.id into patient from patients t where t.id = (asked ->> 'subject')::uuid;
    perform record_read(c, me, recorded_as, 'person', me.id, patient, asked);
  end if;
  return jsonb_build_object('zone', (select x.time_zone from clinic x), 'items', coalesce(page, '[]'));
end $$;
