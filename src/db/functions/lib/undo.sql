-- An operation that staff want to undo: `UndoneOperation` (src/db/queries/undo.ts). `standing`: those of the holidays that it
-- added which are still there.
create function undone_operation_json(o operations) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('change', o.change, 'changed', coalesce(o.before -> 'changed', '[]'), 'phase', o.phase,
    'undoOf', o.undo_of, 'undoneBy', (select u.id from operations u where u.undo_of = o.id),
    'standing', (
      select coalesce(jsonb_agg(jsonb_build_object('holidayId', h.id, 'locationId', h.location_id, 'date', h.date)
        order by h.date, h.id), '[]')
      from holidays h where o.kind = 'holidays-add'
        and h.id in (select (x ->> 'id')::uuid from jsonb_array_elements(o.before -> 'changed') x)));
end $$;

-- Whether an appointment that goes back into slot `s` overlaps another of the patient's: staff had allowed the two. Of those
-- that go back (`restored` are already) all but the first are allowed to overlap again.
create function overlaps_as_before(a appointments, s slots, restored uuid[]) returns boolean language plpgsql stable as $$
begin
  return exists (
    select from appointments o
    where o.patient_id = a.patient_id and o.id <> a.id and o.slot_id is not null
      and (not o.overlap_allowed or o.id = any(restored)) and o.starts_at < s.ends_at and o.ends_at > s.starts_at);
end $$;

-- Whether an appointment kept its slot when the latest operation that had moved it after `operation` was undone.
create function stayed_where_it_was(operation uuid, appointment uuid) returns boolean language plpgsql stable as $$
declare latest uuid;
begin
  select i.operation_id into latest from operation_items i join operations o on o.id = i.operation_id
  where i.appointment_id = appointment and i.operation_id > operation and i.state = 'moved' and o.undo_of is null
  order by i.operation_id desc limit 1;
  return exists (
    select from operations u join operation_items k on k.operation_id = u.id
    where u.undo_of = latest and k.appointment_id = appointment and k.state = 'kept');
end $$;
