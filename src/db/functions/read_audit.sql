-- A page of the audit trail, newest first, and the clinic's zone: `AuditPage`. `asked`: `AuditFilter`. The page begins after
-- the entry `after_id`, whose time is `after_micros`. The read is recorded in the trail as well. A read of one patient's
-- entries, or a file (`is_export`), is recorded with its filter, once and not for each page. Any other is recorded as a list
-- of the patients shown.
create function read_audit(c caller, asked jsonb, after_micros bigint, after_id uuid, batch int, is_export boolean)
returns jsonb language plpgsql security definer set search_path from current set plan_cache_mode = force_custom_plan as $$
declare
  me people; f audit_filter := audit_filter_of(asked); page audit[]; patient uuid;
  after_at timestamptz := 'epoch'::timestamptz + after_micros * interval '1 microsecond';
begin
  me := require_staff(c);
  page := array(
    select u from audit u
    where is_wanted(u, f) and (after_id is null or (u.at, u.id) < (after_at, after_id))
    order by u.at desc, u.id desc limit batch);
  if not is_export and not asked ? 'subject' then
    perform record_list(c, me, 'audit.read', array(
      select u.patient_id from unnest(page) u where u.patient_id is not null));
  elsif after_id is null then
    -- The trail's own entry must name a record that exists.
    select t.id into patient from patients t where t.id = (asked ->> 'subject')::uuid;
    perform record_read(c, me, case when is_export then 'audit.export' else 'audit.read' end, 'person', me.id, patient,
      asked);
  end if;
  return jsonb_build_object('zone', (select x.time_zone from clinic x),
    'items', (select coalesce(jsonb_agg(audit_json(page[n]) order by n), '[]') from generate_subscripts(page, 1) n));
end $$;
