-- Conditions of a search in the audit trail; null for no such condition. `action` with a dot at the end: all that begin with
-- it.
create type audit_filter as (
  actor uuid,
  patients uuid[],
  action text,
  entity uuid,
  from_at timestamptz,
  to_at timestamptz
);

-- The filter that the Worker asks for: `AuditFilter`. What was recorded of records that were merged into the patient's is
-- the patient's. Dates are clinic dates, both included.
create function audit_filter_of(asked jsonb) returns audit_filter language plpgsql stable as $$
declare f audit_filter; zone text;
begin
  select x.time_zone into zone from clinic x;
  f.actor := asked ->> 'actor';
  if asked ? 'subject' then f.patients := merged_with((asked ->> 'subject')::uuid); end if;
  f.action := asked ->> 'action';
  f.entity := asked ->> 'entityId';
  f.from_at := (asked ->> 'from')::date::timestamp at time zone zone;
  f.to_at := ((asked ->> 'to')::date + 1)::timestamp at time zone zone;
  return f;
end $$;

-- Whether an entry fits. One expression without subqueries. With the filter known, the planner inlines it, drops conditions
-- that are null and finds the index for the rest.
create function is_wanted(u audit, f audit_filter) returns boolean language sql stable
return (f.actor is null or u.actor_id = f.actor)
  and (f.patients is null or u.patient_id = any(f.patients)
    or (u.patient_id is null and u.after ? 'patientIds' and u.after -> 'patientIds' ?| f.patients::text[]))
  and case when f.action is null then true when f.action like '%.' then starts_with(u.action, f.action)
    else u.action = f.action end
  and (f.entity is null or u.entity_id = f.entity)
  and (f.from_at is null or u.at >= f.from_at)
  and (f.to_at is null or u.at < f.to_at);

-- The ids of a patient's record and of all that were merged into it.
create function merged_with(patient uuid) returns uuid[] language plpgsql stable as $$
begin
  return array(
    with recursive line as (
      select patient as id union all select t.id from line l join patients t on t.merged_into = l.id)
    select line.id from line);
end $$;

-- An entry of the audit trail for the Worker: `AuditRow`. Names are those of today.
create function audit_json(u audit) returns jsonb language plpgsql stable as $$
declare actor people;
begin
  select * into actor from people p where p.id = u.actor_id;
  return jsonb_build_object('id', u.id, 'at', micros(u.at), 'actorId', u.actor_id,
    'actorName', coalesce((select t.name from patients t where t.person_id = actor.id),
      (select d.name from doctors d where d.person_id = actor.id), actor.name),
    'actorRole', actor.role, 'subjectId', u.patient_id,
    'subjectName', (select t.name from patients t where t.id = u.patient_id), 'action', u.action, 'entity', u.entity,
    'entityId', u.entity_id, 'before', u.before, 'after', u.after, 'reason', u.reason, 'requestId', u.request_id);
end $$;
