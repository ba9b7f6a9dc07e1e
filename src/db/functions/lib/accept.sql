-- Agrees to the clinic's move of the locked appointment `was`.
create function accept_locked(me people, was appointments) returns appointments language plpgsql as $$
declare a appointments;
begin
  update appointments x set status = 'booked', changed_by = me.id, updated_at = clock_timestamp(), version = x.version + 1
  where x.id = was.id returning * into a;
  return a;
end $$;
