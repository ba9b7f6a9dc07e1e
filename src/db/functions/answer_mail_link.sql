-- The patient answers by a link in a mail: `come`, `fine` (a move by the clinic) or `cancel`. The link alone allows it, so
-- the audit trail names no actor, but the way. It acts on the appointment that the mail named, in the version that the page
-- showed. The freeze binds it. A cancellation counts as every other. Repeating it is no change. Returns `MailLinkAnswer`:
-- whether it is so now, when the patient's notification falls due, and what is true now.
create function answer_mail_link(
  purpose text, appointment uuid, patient uuid, told jsonb, shown_version int, request_id text
) returns jsonb language plpgsql security definer set search_path from current as $$
declare
  c caller := mail_link_caller(request_id); me people; p patients; was appointments; a appointments; answer jsonb;
  at timestamptz;
begin
  select * into p from patients t where t.id = survivor_of(patient) for no key update;
  was := lock_appointment(p, appointment);
  at := clock_timestamp();
  if mail_link_state(was, p, told) <> 'current' or was.version <> shown_version
    or (purpose = 'cancel' and is_frozen(was, at)) then
    return jsonb_build_object('done', false, 'dueAt', null, 'link', mail_link_json(was, p, told));
  end if;
  if purpose = 'cancel' then
    if was.status = 'booked' then perform count_change(p, recent_changes(p, at), at); end if;
    answer := cancel_for(c, me, was, at, 'patient', 'unspecified', null);
  elsif purpose = 'fine' and was.status = 'moved' then
    a := accept_locked(me, was);
    answer := done(c, me, 'appointment.accept', 'appointment', a.id, p.id, appointment_audit(was), appointment_audit(a), '{}');
  elsif purpose = 'come' and not will_come(was) then
    -- The appointment stays as it is, and so does its version: it stops no other change.
    update appointments x set promise = jsonb_build_object('patientId', p.id, 'startsAt', ms(x.starts_at),
      'locationId', x.location_id)
    where x.id = was.id;
    answer := done(c, me, 'appointment.will-come', 'appointment', was.id, p.id, '{"willCome": false}', '{"willCome": true}', '{}');
  end if;
  select * into a from appointments x where x.id = was.id;
  return jsonb_build_object('done', true, 'dueAt', answer -> 'dueAt', 'link', mail_link_json(a, p, told));
end $$;
