-- A patient's first login. Links it to the one active patient with the address that the identity provider has verified, in
-- upper or lower case. That patient can log in afterwards. The caller is no person of the clinic yet, so there is no
-- Idempotency-Key. It is refused unless exactly one record has the address, linked or not. A parent's login must not open a
-- child's record. It is refused too when staff have blocked the record for logins.
create function link_login(c caller, verified_email text) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; candidates patients[]; was patients; p patients;
begin
  candidates := array(
    select t from patients t
    where lower(t.email) = lower(verified_email) and t.active and t.merged_into is null
    order by t.id for no key update);
  if exists (select from people x where x.subject = c.subject) then return refuse(c, me, 'forbidden'); end if;
  was := candidates[1];
  if was.id is null or (was.login_blocked and cardinality(candidates) = 1) then
    return refuse(c, me, 'no-patient-record', jsonb_build_object('phone', (select x.phone from clinic x)));
  end if;
  if cardinality(candidates) > 1 or was.person_id is not null then
    return refuse(c, me, 'ambiguous-patient-record', jsonb_build_object('phone', (select x.phone from clinic x)));
  end if;
  insert into people (subject, role, name) values (c.subject, 'patient', was.name) returning * into me;
  update patients t set person_id = me.id, changed_by = me.id, updated_at = clock_timestamp(), version = t.version + 1
  where t.id = was.id returning * into p;
  return done(c, me, 'patient.link', 'patient', p.id, p.id, '{"personId": null}',
    jsonb_build_object('personId', me.id), person_json(me));
end $$;
