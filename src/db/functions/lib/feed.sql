-- The caller's calendar feed. Their own record is locked, so that two requests take turns. Only the owner is set where there
-- is no feed yet. Null when the caller has no active record.
create function lock_feed(me people) returns calendar_feeds language plpgsql as $$
declare wanted calendar_feeds; f calendar_feeds;
begin
  if me.role = 'doctor' then
    select d.id into wanted.doctor_id from doctors d where d.person_id = me.id and d.active for no key update;
  else
    wanted.patient_id := (lock_patient(me, null)).id;
  end if;
  select * into f from calendar_feeds x where x.patient_id = wanted.patient_id or x.doctor_id = wanted.doctor_id;
  if f.id is null then return wanted; end if;
  return f;
end $$;

-- A feed as the audit trail keeps it, without its secret. Null where there is none.
create function feed_audit(f calendar_feeds) returns jsonb language sql stable
return case when f.id is not null then jsonb_build_object('since', f.created_at) end;

-- The state of a feed for the Worker: `FeedState`.
create function feed_json(since timestamptz) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('since', ms(since), 'zone', (select x.time_zone from clinic x));
end $$;
