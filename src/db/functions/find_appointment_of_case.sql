-- The appointment of a placement case; null where there is no such case. Staff seal a note for it. Ids only, so it is not
-- recorded as a read.
create function find_appointment_of_case(c caller, placement uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
begin
  perform require_staff(c);
  return to_jsonb(appointment_of_case(placement));
end $$;
