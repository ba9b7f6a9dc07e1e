-- Staff allow mail to a patient again. The address is no longer suppressed, and the tasks about it are done. Notifications
-- of future appointments that could not be sent fall due now.
create function resume_mail(c caller, patient uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  me people; p patients; earlier jsonb; suppressed text; tasks_done int; due timestamptz; at timestamptz; resumed jsonb;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  select * into p from patients t where t.id = patient and t.merged_into is null for no key update;
  if p.id is null then return refuse(c, me, 'not-found'); end if;
  at := clock_timestamp();
  delete from suppressions s where s.address = lower(p.email) returning s.reason into suppressed;
  update tasks k set status = 'done', done_at = at, done_by = me.id, version = k.version + 1
  where k.patient_id = p.id and k.status = 'open' and k.kind in ('mail-bounced', 'mail-complained', 'no-address');
  get diagnostics tasks_done = row_count;
  resumed := patient_json(p);
  if suppressed is null and tasks_done = 0 then return done_already(c, me, resumed); end if;
  due := notify_again(p, at);
  return done(c, me, 'patient.resume-mail', 'patient', p.id, p.id, jsonb_build_object('mailStopped', suppressed),
    jsonb_build_object('mailStopped', null, 'tasksDone', tasks_done), resumed, due_at => due);
end $$;
