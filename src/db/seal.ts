import { type SQL, sql } from "drizzle-orm";

/** The columns of the audit trail that a seal covers, in their order in the canonical text: all there are. */
export const SEALED_COLUMNS = [
  "id",
  "at",
  "actor_id",
  "patient_id",
  "action",
  "entity",
  "entity_id",
  "before",
  "after",
  "reason",
  "request_id",
] as const;

/**
 * A row `a` of the audit trail as the one text that stands for it: a JSON array of its columns in a fixed order, the
 * time as microseconds since 1970, objects with their members in jsonb's own order. Its hash is the SHA-256 of the text
 * in UTF-8.
 */
export function canonicalRow(a: SQL): SQL {
  const values = SEALED_COLUMNS.map((name) =>
    name === "at" ? micros(sql`${a}.at`) : sql`${a}.${sql.identifier(name)}`,
  );
  return sql`jsonb_build_array('holdfast audit 1', ${sql.join(values, sql`, `)})::text`;
}

/** An instant as whole microseconds since 1970, which is how exactly PostgreSQL keeps it. */
export function micros(instant: SQL): SQL {
  return sql`(extract(epoch from ${instant}) * 1000000)::bigint`;
}

/** What the first seal follows. */
export const GENESIS = sql`decode(repeat('00', 32), 'hex')`;

/**
 * A seal's hash: SHA-256 over the previous seal's hash, its number and time (microseconds, both eight bytes), how many
 * rows it covers (four bytes), and their hashes one after the other. Integers are big-endian.
 */
export function sealHash(parts: { previous: SQL; number: SQL; sealedAt: SQL; count: SQL; rowHashes: SQL }): SQL {
  const { previous, number, sealedAt, count, rowHashes } = parts;
  return sql`sha256(${previous} || int8send(${number}) || int8send(${micros(sealedAt)}) || int4send(${count}) || ${rowHashes})`;
}
