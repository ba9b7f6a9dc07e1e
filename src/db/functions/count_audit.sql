-- How many entries of the audit trail fit `asked` (`AuditFilter`), counted no further than `enough`.
create function count_audit(c caller, asked jsonb, enough int) returns int
language plpgsql security definer set search_path from current set plan_cache_mode = force_custom_plan as $$
declare f audit_filter := audit_filter_of(asked);
begin
  perform require_staff(c);
  return (select count(*) from (select from audit u where is_wanted(u, f) limit enough) x);
end $$;
