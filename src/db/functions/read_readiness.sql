-- The data for readiness: the database's clock, how many notifications are due and since when, and since when an audit row
-- is unsealed (null: none). Also the offsets of the clinic's zones on the first of the next `months` months (none before the
-- clinic is set up). That this runs proves the Worker's role, its rights and the functions of its build.
create function read_readiness(months int) returns jsonb
language plpgsql security definer set search_path from current as $$
declare at timestamptz := clock_timestamp();
begin
  return jsonb_build_object('now', ms(at),
    'due', (select count(*) from outbox o where o.due_at < at),
    'overdueSince', (select ms(min(o.due_at)) from outbox o where o.due_at < at),
    'unsealedSince', (
      select ms(a.at) from (select u.audit_id from audit_unsealed u order by u.audit_id limit 1) u
      join audit a on a.id = u.audit_id),
    'offsets', (
      select coalesce(jsonb_agg(jsonb_build_object('zone', z.time_zone, 'at', ms(t.first),
        'offset', (extract(epoch from (t.first at time zone z.time_zone) - (t.first at time zone 'UTC')) * 1000)::bigint)), '[]')
      from (select c.time_zone from clinic c union select l.time_zone from locations l) z
      cross join (
        select date_trunc('month', at, 'UTC') + make_interval(months => n) as first from generate_series(1, months) n) t));
end $$;
