-- A patient or doctor gets a calendar address, or another one in place of the first, which then stops working.
-- `secret`: the SHA-256 of the new secret in hexadecimal. The secret itself is not kept.
create function set_calendar_feed(c caller, secret text) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; was calendar_feeds; f calendar_feeds; earlier jsonb; owner uuid;
begin
  me := require_caller(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  was := lock_feed(me);
  owner := coalesce(was.patient_id, was.doctor_id);
  if owner is null then return refuse(c, me, 'not-found'); end if;
  if was.id is null then
    insert into calendar_feeds (patient_id, doctor_id, secret_hash)
    values (was.patient_id, was.doctor_id, decode(secret, 'hex')) returning * into f;
  else
    update calendar_feeds x set secret_hash = decode(secret, 'hex'), created_at = clock_timestamp()
    where x.id = was.id returning * into f;
  end if;
  return done(c, me, 'calendar-feed.set', me.role, owner, f.patient_id, feed_audit(was), feed_audit(f),
    feed_json(f.created_at));
end $$;
