-- One operation with its preview's counts and its proof: `OperationDetailRow`. Null: there is none such.
create function find_operation(c caller, operation uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare o operations;
begin
  perform require_staff(c);
  select * into o from operations x where x.id = operation;
  if o.id is null then return null; end if;
  return operation_json(o) || jsonb_build_object('proof', o.proof,
    'preview', case when o.preview is not null then jsonb_build_object(
      'affected', o.preview -> 'affected', 'unchanged', o.preview -> 'unchanged',
      'reassigned', jsonb_array_length(o.preview -> 'reassigned'),
      'toPlace', jsonb_array_length(o.preview -> 'toPlace')) end);
end $$;
