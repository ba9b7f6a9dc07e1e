-- Raises HF002 for a token that was issued before the person's sessions were last ended. `iat` has whole seconds: a token
-- of the same second may be older, so it is refused too.
create function refuse_old_token(c caller, me people) returns void language plpgsql as $$
begin
  if to_timestamp(c.token_issued_at) <= me.sessions_ended_at then
    raise exception 'the token is older than the end of all sessions' using errcode = 'HF002';
  end if;
end $$;

-- The caller as the database knows them now. Null for a person who is unknown, switched off, has another role, or has logged
-- out everywhere since the session began.
create function find_caller(c caller) returns people language plpgsql as $$
declare me people;
begin
  select * into me from people p
  where p.subject = c.subject and p.role = c.role and p.active
    and (c.session_version is null or p.session_version = c.session_version);
  perform refuse_old_token(c, me);
  return me;
end $$;

-- The caller, where there must be one. Raises HF001 when find_caller finds none.
create function require_caller(c caller) returns people language plpgsql as $$
declare me people := find_caller(c);
begin
  if me.id is null then raise exception 'no such caller' using errcode = 'HF001'; end if;
  return me;
end $$;
