-- The caller as the database knows them now.
-- Raises HF001 when the person is unknown, switched off, has another role, or has logged out everywhere since the session
-- began.
create function require_caller(c caller) returns people language plpgsql as $$
declare me people;
begin
  select * into me from people p
  where p.subject = c.subject and p.role = c.role and p.active
    and (c.session_version is null or p.session_version = c.session_version);
  if not found then raise exception 'no such caller' using errcode = 'HF001'; end if;
  return me;
end $$;
