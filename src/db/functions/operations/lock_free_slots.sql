-- Locks the slots of `wanted`, `{slotId, startsAt, endsAt}`, that are still free for staff and at those times. Returns their
-- ids. A slot that another statement has locked is passed over.
create function lock_free_slots(c caller, wanted jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare r free_rules;
begin
  perform require_staff(c);
  r := free_rules_for(true, null);
  return to_jsonb(array(
    select s.id
    from slots s join jsonb_to_recordset(wanted) x("slotId" uuid, "startsAt" bigint, "endsAt" bigint)
      on x."slotId" = s.id and x."startsAt" = ms(s.starts_at) and x."endsAt" = ms(s.ends_at)
    where is_free(s, r)
    order by s.id for update of s skip locked));
end $$;
