-- A person who can log in, for the Worker: `PersonRow`.
create function person_json(me people) returns jsonb language plpgsql stable as $$
declare p patients; d doctors;
begin
  select * into p from patients t where t.person_id = me.id and t.active;
  select * into d from doctors x where x.person_id = me.id and x.active;
  return jsonb_build_object('personId', me.id, 'role', me.role, 'name', coalesce(p.name, d.name, me.name),
    'administrator', me.administrator, 'sessionVersion', me.session_version, 'patientId', p.id, 'doctorId', d.id,
    'sessionMinutes', (select y.session_minutes from policy y));
end $$;

-- A person whose record is switched off cannot log in, and all their sessions end. After it is switched on again, they can.
create function switch_login(person uuid, active boolean) returns void language plpgsql as $$
begin
  update people p set active = switch_login.active, session_version = p.session_version + 1 where p.id = person;
end $$;

-- Ends the login of a record that is taken away from a person. The person stays, because the audit trail names them.
-- Every session of theirs is over, and the login itself can be linked again.
create function end_login(person uuid) returns void language plpgsql as $$
begin
  update people p set subject = 'unlinked|' || p.id, active = false, session_version = p.session_version + 1
  where p.id = person;
end $$;
