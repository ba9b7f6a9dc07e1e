-- A patient's contact data are in their record alone. Answers that are kept for repeated requests have none. A kept answer
-- says whose contact data it had, and which: {"contact": {"of": patient, "members": [...]}}. A repeated answer has those of the
-- record as it is then. Everything else in it is as it was first.

-- An answer as it is kept. Its patient is the one it names, or the caller.
create function without_contact(me people, result jsonb) returns jsonb language plpgsql stable as $$
declare members text[] := '{email,phone,phoneE164}'; patient uuid;
begin
  if (result ?| members) is not true then return result; end if;
  members := array(select x from unnest(members) x where result ? x);
  patient := coalesce(result ->> 'patientId', case when result ? 'dateOfBirth' then result ->> 'id' end,
    (select t.id::text from patients t where t.person_id = me.id));
  return (result - members)
    || jsonb_build_object('contact', jsonb_build_object('of', patient, 'members', to_jsonb(members)));
end $$;

-- A kept answer as it is answered again.
create function with_contact(kept jsonb) returns jsonb language plpgsql stable as $$
declare p patients;
begin
  if not kept ? 'contact' then return kept; end if;
  select * into p from patients t where t.id = (kept -> 'contact' ->> 'of')::uuid;
  return (kept - 'contact') || (
    select jsonb_object_agg(x, case x when 'email' then to_jsonb(p.email) when 'phone' then to_jsonb(p.phone)
      else to_jsonb(p.e164) end)
    from jsonb_array_elements_text(kept -> 'contact' -> 'members') x);
end $$;
