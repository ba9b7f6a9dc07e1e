-- The caller's calendar address stops working. Without one there is nothing to do.
create function remove_calendar_feed(c caller) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; was calendar_feeds; earlier jsonb; owner uuid;
begin
  me := require_caller(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  was := lock_feed(me);
  owner := coalesce(was.patient_id, was.doctor_id);
  if owner is null then return refuse(c, me, 'not-found'); end if;
  if was.id is null then return done_already(c, me, feed_json(null)); end if;
  delete from calendar_feeds x where x.id = was.id;
  return done(c, me, 'calendar-feed.remove', me.role, owner, was.patient_id, feed_audit(was), null, feed_json(null));
end $$;
