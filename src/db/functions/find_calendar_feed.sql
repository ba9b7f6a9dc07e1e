-- Since when the caller's calendar feed has its present address: `FeedState`.
create function find_calendar_feed(c caller) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; since timestamptz;
begin
  me := require_caller(c);
  select f.created_at into since from calendar_feeds f
    left join patients t on t.id = f.patient_id left join doctors d on d.id = f.doctor_id
  where coalesce(t.person_id, d.person_id) = me.id;
  return feed_json(since);
end $$;
