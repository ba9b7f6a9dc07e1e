-- An instant as whole microseconds since 1970, which is how exactly PostgreSQL keeps it.
create function micros(at timestamptz) returns bigint language sql stable parallel safe
return (extract(epoch from at) * 1000000)::bigint;

-- A row of the audit trail as one text: a JSON array of all its columns in this order. The time is in microseconds since
-- 1970. Objects have their members in jsonb's own order. The row's hash is the SHA-256 of the text in UTF-8.
-- dev/audit/verify.ts makes the same text itself: its check must not depend on the database's functions.
create function canonical_row(a audit) returns text language sql stable
return jsonb_build_array('holdfast audit 1', a.id, micros(a.at), a.actor_id, a.patient_id, a.action, a.entity, a.entity_id,
  a.before, a.after, a.reason, a.request_id)::text;

-- A seal's hash: SHA-256 over the previous hash, number and time (microseconds, both eight bytes), the count of its rows
-- (four bytes), their hashes in order. Integers are big-endian.
create function seal_hash(previous bytea, number bigint, sealed_at timestamptz, row_hashes bytea[]) returns bytea
language plpgsql stable as $$
begin
  return sha256(previous || int8send(number) || int8send(micros(sealed_at)) || int4send(cardinality(row_hashes))
    || (select string_agg(h, '' order by n) from unnest(row_hashes) with ordinality x (h, n)));
end $$;
