-- Seals up to `batch` waiting rows of the audit trail, in the order of their ids. They make one link of the hash chain,
-- `Seal`. A row that commits late may have an older id than sealed rows: the next link seals it. Writers never wait, because
-- they only add waiting rows. A waiting row that is gone from the trail stays waiting, so the verifier finds it. Null when
-- no row waits, or when another seal_audit has the lock.
create function seal_audit(batch int) returns jsonb
language plpgsql security definer set search_path from current as $$
declare last audit_seals; seal audit_seals;
begin
  if not pg_try_advisory_xact_lock(hashtext('audit_seals')) then return null; end if;
  select * into last from audit_seals s order by s.number desc limit 1;
  with taken as (
    delete from audit_unsealed u
    where u.audit_id = any(array(
      select w.audit_id from audit_unsealed w join audit a on a.id = w.audit_id order by w.audit_id limit batch))
    returning u.audit_id)
  select array_agg(a.id order by a.id), array_agg(sha256(convert_to(canonical_row(a), 'UTF8')) order by a.id)
  into seal.row_ids, seal.row_hashes
  from taken t join audit a on a.id = t.audit_id;
  if seal.row_ids is null then return null; end if;
  seal.number := coalesce(last.number, 0) + 1;
  seal.sealed_at := clock_timestamp();
  seal.previous_hash := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
  seal.hash := seal_hash(seal.previous_hash, seal.number, seal.sealed_at, seal.row_hashes);
  insert into audit_seals select (seal).*;
  return jsonb_build_object('number', seal.number, 'hash', encode(seal.hash, 'hex'),
    'count', cardinality(seal.row_ids));
end $$;
