-- Opens a task for staff. `task_detail` has ids and codes only. While a task about the same problem is open, nothing is
-- added. A task about a record that was merged goes to the record that took its place.
create function open_task(task_kind text, patient uuid, appointment uuid, task_detail jsonb) returns void
language plpgsql as $$
begin
  insert into tasks (kind, patient_id, appointment_id, detail)
  values (task_kind, survivor_of(patient), appointment, task_detail)
  on conflict do nothing;
end $$;

-- The present record of `patient`: itself, or the one it was merged into, over any number of merges.
create function survivor_of(patient uuid) returns uuid language plpgsql stable as $$
declare survivor uuid := patient; into_id uuid;
begin
  loop
    select t.merged_into into into_id from patients t where t.id = survivor;
    if not found then return null; end if;
    if into_id is null then return survivor; end if;
    survivor := into_id;
  end loop;
end $$;
