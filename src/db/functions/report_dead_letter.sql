-- Opens a task about a message that the queue has given up. One open task of a job counts all its messages and names the
-- first 50, because an outage gives many at once. A message that is reported again changes nothing.
create function report_dead_letter(job text, message text, dead_letter text, answer_status int, appointment uuid)
returns void language plpgsql security definer set search_path from current as $$
declare k tasks; letter jsonb := jsonb_build_object('messageId', message);
begin
  select * into k from tasks x
  where x.kind = 'job-failed' and x.status = 'open' and x.detail ->> 'job' = job order by x.id limit 1 for no key update;
  if exists (
    select from tasks x
    where x.kind = 'job-failed' and x.detail ->> 'job' = job and x.detail -> 'letters' @> jsonb_build_array(letter)
  ) then return; end if;
  letter := letter || jsonb_build_object('deadLetterId', dead_letter, 'status', answer_status);
  if k.id is null then
    perform open_task('job-failed', null, (select a.id from appointments a where a.id = appointment),
      jsonb_build_object('job', job, 'count', 1, 'letters', jsonb_build_array(letter)));
    return;
  end if;
  update tasks x set version = x.version + 1, detail = x.detail || jsonb_build_object(
    'count', (x.detail ->> 'count')::int + 1, 'lastAt', ms(clock_timestamp()),
    'letters', case when jsonb_array_length(x.detail -> 'letters') < 50 then x.detail -> 'letters' || letter
      else x.detail -> 'letters' end)
  where x.id = k.id;
end $$;
