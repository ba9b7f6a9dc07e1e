import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { failureOf } from "../errors.ts";
import { GENESIS, canonicalRow, sealHash } from "../seal.ts";

/** The newest link of the chain. `hash` is hexadecimal. */
export interface Seal {
  number: number;
  hash: string;
  count: number;
}

/**
 * Seals up to `limit` waiting rows of the audit trail, in the order of their ids: one more link of the hash chain. A row
 * that commits late, with an id older than what is sealed already, is sealed by the next link; writers never wait, for
 * they only add to what is waiting. (One that waits but is gone stays there, for the verifier to find.) Null when nothing waits, or somebody else is sealing right now: of two that try at
 * once, one gets the lock, and should both have read the same last link, its number can be taken only once.
 */
export async function sealAudit(db: Database, limit: number): Promise<Seal | null> {
  try {
    const [seal] = await db.rows<Seal>(sql`
      with turn as materialized (select pg_try_advisory_xact_lock(hashtext('audit_seals')) as ok),
      last as materialized (
        select number, hash from audit_seals where (select ok from turn) order by number desc limit 1),
      taken as (
        delete from audit_unsealed u
        where u.audit_id = any(array(
          select w.audit_id from audit_unsealed w join audit a on a.id = w.audit_id
          where (select ok from turn) order by w.audit_id limit ${limit}))
        returning u.audit_id),
      hashed as materialized (
        select a.id, sha256(convert_to(${canonicalRow(sql`a`)}, 'UTF8')) as hash
        from taken t join audit a on a.id = t.audit_id),
      batch as materialized (
        select coalesce((select number from last), 0) + 1 as number, clock_timestamp() as sealed_at,
          coalesce((select hash from last), ${GENESIS}) as previous, count(*)::int as count,
          array_agg(h.id order by h.id) as row_ids, array_agg(h.hash order by h.id) as row_hashes,
          string_agg(h.hash, '' order by h.id) as joined
        from hashed h),
      sealed as (
        insert into audit_seals (number, sealed_at, previous_hash, hash, row_ids, row_hashes)
        select b.number, b.sealed_at, b.previous, ${sealHash({
          previous: sql`b.previous`,
          number: sql`b.number`,
          sealedAt: sql`b.sealed_at`,
          count: sql`b.count`,
          rowHashes: sql`b.joined`,
        })}, b.row_ids, b.row_hashes
        from batch b where b.count > 0
        returning number, hash, cardinality(row_ids) as count)
      select number::int as number, encode(hash, 'hex') as hash, count from sealed`);
    return seal ?? null;
  } catch (error) {
    const failure = failureOf(error);
    if (failure && failure.kind !== "unavailable") return null;
    throw error;
  }
}
