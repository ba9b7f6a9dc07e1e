-- A page of an operation's appointments by their former start, of one state or all. It has one more than `page_size` when
-- there are more: `OperationItemRow[]`. Null: there is no such operation. It is recorded which patients staff were shown.
create function list_operation_items(
  c caller, operation uuid, wanted_state text, after_ms bigint, after_id uuid, page_size int
) returns jsonb language plpgsql security definer set search_path from current as $$
declare me people; o operations; page operation_items[]; previewed jsonb;
begin
  me := require_staff(c);
  select * into o from operations x where x.id = operation;
  if o.id is null then return null; end if;
  page := array(
    select i from operation_items i
    where i.operation_id = o.id and (wanted_state is null or i.state = wanted_state)
      and (after_id is null
        or (date_trunc('milliseconds', i.from_starts_at), i.appointment_id) > (to_timestamp(after_ms / 1000.0), after_id))
    order by date_trunc('milliseconds', i.from_starts_at), i.appointment_id limit page_size + 1);
  perform record_list(c, me, 'operation.items', array(select i.patient_id from unnest(page[:page_size]) i));
  select jsonb_object_agg(x ->> 'appointmentId', jsonb_build_object('to', x -> 'to')) into previewed
  from jsonb_array_elements((o.preview -> 'reassigned') || (o.preview -> 'toPlace')) x;
  return (
    select coalesce(jsonb_agg(operation_item_json(i, previewed -> i.appointment_id::text)
      order by date_trunc('milliseconds', i.from_starts_at), i.appointment_id), '[]')
    from unnest(page) i);
end $$;
