-- The caller, with what they are at the clinic: `PersonRow`.
create function find_person(c caller) returns jsonb
language plpgsql security definer set search_path from current as $$
begin
  return person_json(require_caller(c));
end $$;
