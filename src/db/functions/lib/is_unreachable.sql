-- Whether patient `t` has neither a phone number nor an address that takes mail.
create function is_unreachable(t patients) returns boolean language plpgsql stable as $$
begin
  return t.phone is null
    and (t.email is null or exists (select from suppressions u where u.address = lower(t.email)));
end $$;
