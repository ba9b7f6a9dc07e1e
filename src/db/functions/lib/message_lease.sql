-- When a lease on a message ends that is taken now. It is longer than the time limit of the mail service and the
-- statements around a mail.
create function message_lease_end() returns timestamptz language plpgsql as $$
begin
  return clock_timestamp() + interval '60 seconds';
end $$;

-- When a message is tried again after its `attempts`-th failure. The delay is 10 seconds, then doubles, up to 15 minutes. It
-- is always retried: the problem may end at any time, and an attempt costs little.
create function message_retry_at(attempts int) returns timestamptz language plpgsql as $$
begin
  return clock_timestamp() + make_interval(secs => least(900, 10 * power(2, least(attempts, 20) - 1)));
end $$;
