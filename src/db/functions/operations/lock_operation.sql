-- Locks an operation, so that it is taken back once, and reads it: `UndoneOperation`. Null: there is none such.
create function lock_operation(operation uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare o operations;
begin
  select * into o from operations x where x.id = operation for update;
  return case when o.id is not null then undone_operation_json(o) end;
end $$;
