-- The caller of an act that a link in a mail allows. No person is logged in, and the audit trail names the way.
create function mail_link_caller(request_id text) returns caller language plpgsql immutable as $$
begin
  return row(null, 'mail-link', null, request_id, null, null, null, null)::caller;
end $$;

-- Whether the patient has said that they will come to the appointment as it is. Another time or place makes that void.
create function will_come(a appointments) returns boolean language plpgsql stable as $$
begin
  return a.promise is not null and a.status in ('booked', 'moved')
    and (a.promise ->> 'startsAt')::bigint = ms(a.starts_at) and a.promise ->> 'locationId' = a.location_id::text
    and survivor_of((a.promise ->> 'patientId')::uuid) = a.patient_id;
end $$;

-- Whether an appointment is still as a mail to patient `p` said (`told`: {startsAt, locationId}). `current`: yes, and still
-- to come. `gone`: nothing that this patient may see. `over`: the link has expired.
create function mail_link_state(a appointments, p patients, told jsonb) returns text language plpgsql stable as $$
begin
  return case
    when a.id is null or a.patient_id is distinct from p.id or not p.active then 'gone'
    when (told ->> 'startsAt')::bigint <= ms(clock_timestamp()) or a.status in ('arrived', 'completed', 'no-show') then 'over'
    when a.status = 'cancelled' then 'cancelled'
    when a.status = 'to-place' then 'to-place'
    when (told ->> 'startsAt')::bigint <> ms(a.starts_at) or told ->> 'locationId' <> a.location_id::text then 'changed'
    else 'current' end;
end $$;

-- The data of the page behind a link in a mail: `MailLinkRow`. It does not name the patient, and has nothing of an
-- appointment that is gone.
create function mail_link_json(a appointments, p patients, told jsonb) returns jsonb language plpgsql stable as $$
declare state text := mail_link_state(a, p, told); known jsonb;
begin
  select jsonb_build_object('state', state, 'language', language_of(p), 'clinicName', x.name, 'phone', x.phone) into known
  from clinic x;
  if state in ('gone', 'over') then return known || '{"appointment": null}'; end if;
  return known || jsonb_build_object('appointment', jsonb_build_object('version', a.version,
    'unanswered', a.status = 'moved', 'willCome', will_come(a), 'frozen', is_frozen(a, clock_timestamp()),
    'startsAt', ms(a.starts_at), 'endsAt', ms(a.ends_at), 'timeZone', zone_of(a.location_id),
    'location', (select jsonb_build_object('name', l.name, 'address', l.address, 'only', (select count(*) = 1 from locations))
      from locations l where l.id = a.location_id)));
end $$;
