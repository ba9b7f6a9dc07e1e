-- The data of the page behind a link in a mail: `MailLinkRow`. It changes and records nothing, because programs open links.
create function find_mail_link(appointment uuid, patient uuid, told jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare p patients; a appointments;
begin
  select * into p from patients t where t.id = survivor_of(patient);
  select * into a from appointments x where x.id = appointment;
  return mail_link_json(a, p, told);
end $$;
