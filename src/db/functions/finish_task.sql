-- Staff mark a task as done. Refused when it changed since they read it, or is done already. With `runs_again` they say so
-- by having its failed job run again: there is no such task without a job.
create function finish_task(c caller, task uuid, versions int[], runs_again boolean) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; was tasks; k tasks; earlier jsonb;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  select * into was from tasks x where x.id = task for no key update;
  if was.id is null or (runs_again and was.kind <> 'job-failed') then return refuse(c, me, 'not-found'); end if;
  if was.status = 'done' then return refuse(c, me, 'wrong-state', '{"current": "done"}'); end if;
  if was.version <> all (versions) then
    return refuse(c, me, 'version-conflict', jsonb_build_object('changedBy', null,
      'changedAt', coalesce((was.detail ->> 'lastAt')::bigint, ms(was.created_at)),
      'zone', (select x.time_zone from clinic x)));
  end if;
  update tasks x set status = 'done', done_at = clock_timestamp(), done_by = me.id, version = x.version + 1
  where x.id = was.id returning * into k;
  return done(c, me, case when runs_again then 'task.run-again' else 'task.finish' end, 'task', k.id, k.patient_id, jsonb_build_object('status', 'open', 'kind', k.kind),
    jsonb_build_object('status', k.status, 'kind', k.kind), task_json(k));
end $$;
