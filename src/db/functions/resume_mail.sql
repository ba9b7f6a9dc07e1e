-- Staff allow mail to a patient again: their address is no longer suppressed, the tasks about it are done, and notifications
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
  -- Settling finds out whether there is anything to say. Only a failed delivery shows that a notification was tried.
  update outbox o set version = o.version + 1, first_dirty_at = at, due_at = at
  from appointments a
  where o.patient_id = p.id and o.due_at is null and a.id = o.appointment_id and a.starts_at > at
    and (select d.state from deliveries d
      where d.appointment_id = a.id and d.patient_id = p.id and d.kind <> 'reminder'
      order by d.started_at desc limit 1) = 'failed';
  if found then due := at; end if;
  return done(c, me, 'patient.resume-mail', 'patient', p.id, p.id, jsonb_build_object('mailStopped', suppressed),
    jsonb_build_object('mailStopped', null, 'tasksDone', tasks_done), resumed, due_at => due);
end $$;
