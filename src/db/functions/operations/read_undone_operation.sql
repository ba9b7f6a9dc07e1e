-- An operation that may be taken back, without a lock, for a preview: `UndoneOperation`. Null: there is none such.
create function read_undone_operation(c caller, operation uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
begin
  perform require_staff(c);
  return (select undone_operation_json(o) from operations o where o.id = operation);
end $$;
