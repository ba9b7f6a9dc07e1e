-- The content of a mail to patient `t` about appointment `a`, beside its `Fact`: `Particulars`
-- (src/domain/message/context.ts). The doctor's name is not even read unless the clinic lets its mails name the doctor.
create function message_details(a appointments, t patients) returns jsonb language plpgsql stable as $$
declare rules policy; one_location boolean := (select count(*) = 1 from locations); doctor_name text;
begin
  select * into rules from policy;
  if rules.mail_names_doctor then select d.name into doctor_name from doctors d where d.id = a.doctor_id; end if;
  return jsonb_build_object(
    'patient', jsonb_build_object('name', t.name, 'email', t.email, 'language', language_of(t),
      'inactive', not t.active and t.merged_into is null,
      'suppressed', (select u.reason from suppressions u where u.address = lower(t.email))),
    'clinic', (select jsonb_build_object('name', x.name, 'phone', x.phone) from clinic x),
    'location', (select jsonb_build_object('name', l.name, 'address', l.address, 'only', one_location,
        'zoneNamed', exists (select from locations o where o.time_zone <> l.time_zone))
      from locations l where l.id = a.location_id),
    'doctorName', doctor_name,
    'changeableUntil', ms(changeable_until(a, t, rules)),
    'move', case when a.status = 'moved' and a.patient_id = t.id then jsonb_build_object(
      'answerBy', ms(answer_by(a)), 'alternatives', message_alternatives(a, one_location)) end);
end $$;

-- Until when patient `t` can still change appointment `a`; null when they cannot any more.
create function changeable_until(a appointments, t patients, rules policy) returns timestamptz
language plpgsql stable as $$
declare frozen_from timestamptz := a.starts_at - make_interval(hours => rules.freeze_hours); recent int;
begin
  if a.patient_id <> t.id or a.status not in ('booked', 'moved') or frozen_from <= clock_timestamp() then
    return null;
  end if;
  if a.status = 'moved' then return frozen_from; end if;
  select count(*) into recent from unnest(t.change_times) x
  where x > clock_timestamp() - make_interval(days => rules.change_window_days);
  if a.changes_used >= rules.change_budget or recent >= rules.patient_change_budget
    or booking_limit(t, false, clock_timestamp()) is not null then
    return null;
  end if;
  return frozen_from;
end $$;

-- The slots that the patient can take instead of the move, as a mail names them. The name of a location is left out where
-- the clinic has only one.
create function message_alternatives(a appointments, one_location boolean) returns jsonb language plpgsql stable as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('slotId', s ->> 'id', 'startsAt', s -> 'startsAt', 'endsAt', s -> 'endsAt',
      'timeZone', s -> 'zone', 'locationName', (
        select l.name from locations l where l.id = (s ->> 'locationId')::uuid and not one_location)) order by n), '[]')
    from jsonb_array_elements(move_alternatives(a)) with ordinality x (s, n));
end $$;
