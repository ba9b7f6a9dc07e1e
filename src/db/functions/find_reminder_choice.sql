-- The data of the page behind the link in a reminder: `ReminderChoice`; null when there is no such patient.
create function find_reminder_choice(patient uuid) returns jsonb
language plpgsql security definer set search_path from current as $$
declare p patients;
begin
  select * into p from patients t where t.id = survivor_of(patient);
  if p.id is null then return null; end if;
  return reminder_choice(p);
end $$;
