-- The instant since which data are kept that are kept for `days`.
create function kept_since(days int) returns timestamptz language plpgsql stable as $$
begin
  return clock_timestamp() - make_interval(days => days);
end $$;

-- The least id of version 7 (RFC 9562) that was made at an instant or later.
create function first_id_at(at timestamptz) returns uuid language plpgsql immutable as $$
begin
  return (lpad(to_hex(ms(at)), 12, '0') || '00000000000000000000')::uuid;
end $$;

-- Notes a batch of deleted data in the audit trail: which kind and how many, and of no patient. Returns how many.
create function record_forgotten(what text, count int) returns int language plpgsql as $$
begin
  if count > 0 then
    insert into audit (action, entity, entity_id, after, request_id)
    values ('data.forget', 'policy', '00000000-0000-7000-8000-000000000001',
      jsonb_build_object('what', what, 'count', count), 'nightly');
  end if;
  return count;
end $$;
