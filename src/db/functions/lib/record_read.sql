-- Records in the audit trail what staff or a doctor have read about a patient. Patients who read about themselves are
-- not recorded.
create function record_read(
  c caller, me people, action text, entity text, entity_id uuid, patient_id uuid, details jsonb default null
) returns void language plpgsql as $$
begin
  if me.role = 'patient' then return; end if;
  insert into audit (actor_id, patient_id, action, entity, entity_id, after, request_id)
  values (me.id, record_read.patient_id, record_read.action, record_read.entity, record_read.entity_id, details,
    c.request_id);
end $$;

-- Records a list that shows several patients: one entry that names each once, none for an empty list. Staff look at such
-- lists all day, and the apps refresh them. So the same list of the same person is recorded once in 5 minutes.
create function record_list(c caller, me people, action text, patients uuid[]) returns void language plpgsql as $$
-- A variable, because no index finds rows by a volatile function.
declare shown jsonb; lately timestamptz := clock_timestamp() - interval '5 minutes';
begin
  select jsonb_agg(distinct x order by x) into shown from unnest(patients) x;
  if shown is null or exists (
    select from audit n
    where n.actor_id = me.id and n.at > lately
      and n.action = record_list.action and n.patient_id is null and n.after -> 'patientIds' = shown
  ) then return; end if;
  perform record_read(c, me, action, 'person', me.id, null, jsonb_build_object('patientIds', shown));
end $$;
