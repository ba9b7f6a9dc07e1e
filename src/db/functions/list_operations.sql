-- A page of operations, newest first, one more than `page_size` when there are more: `OperationRow[]`. Their ids rise with time.
create function list_operations(c caller, before_id uuid, page_size int) returns jsonb
language plpgsql security definer set search_path from current as $$
begin
  perform require_staff(c);
  return (
    select coalesce(jsonb_agg(operation_json(o) order by o.id desc), '[]')
    from operations o
    where o.id in (
      select x.id from operations x where before_id is null or x.id < before_id order by x.id desc limit page_size + 1));
end $$;
