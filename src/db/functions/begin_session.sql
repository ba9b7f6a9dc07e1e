-- A login: who the caller is at the clinic (`PersonRow`), recorded in the audit trail. Refused when the login is no
-- person's, and when the person is switched off or has another role.
create function begin_session(c caller) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people;
begin
  select * into me from people p where p.subject = c.subject;
  if not found then return refuse(c, me, 'not-found'); end if;
  if not me.active or me.role <> c.role then return refuse(c, me, 'forbidden'); end if;
  perform refuse_old_token(c, me);
  return done(c, me, 'session.begin', 'person', me.id, null, null,
    jsonb_build_object('secondFactor', c.second_factor_at is not null), person_json(me));
end $$;
