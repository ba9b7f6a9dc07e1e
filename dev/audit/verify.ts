import { createHash } from "node:crypto";
import type { Client, ClientBase } from "pg";

/** A seal that was noted outside the database. `hash` is hexadecimal. */
export interface Anchor {
  number: number;
  hash: string;
}

export interface AuditReport {
  /** The findings, one sentence each; empty if the trail is as it was written. */
  findings: string[];
  seals: number;
  /** Entries under a seal. */
  sealed: number;
  /** Entries that wait for their seal. */
  waiting: number;
  /** Entries whose personal values were erased with their patient's. */
  erased: number;
  /** The newest seal, to note outside the database. */
  last: Anchor | null;
}

interface SealRow {
  number: string;
  sealedAt: string;
  previousHash: Buffer;
  hash: Buffer;
  rowIds: string[];
  rowHashes: Buffer[];
}

/** The columns of the audit trail in the order of the canonical text: a seal covers all of them. */
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
 * The canonical text of a row `a` of the audit trail, as src/db/functions/lib/seal.sql defines it. It is written here again,
 * because a person who edits the trail could also edit that function.
 */
const CANONICAL_ROW = `jsonb_build_array('holdfast audit 1', ${SEALED_COLUMNS.map((name) =>
  name === "at" ? micros("a.at") : `a.${name}`,
).join(", ")})::text`;

/** SQL for an instant as whole microseconds since 1970. */
function micros(instant: string): string {
  return `(extract(epoch from ${instant}) * 1000000)::bigint`;
}

/** Batch size, seals: some thousand entries. */
const PAGE = 20;

/**
 * Reads the audit trail in one snapshot, a page at a time, and computes every hash again, outside the database. Finds entries
 * that were edited, deleted, added outside the trail or reordered, and seals that were edited or deleted. The anchors reveal
 * an end that was cut off together with its seals. Of entries that are not sealed yet (about a minute's) only the presence is
 * checked. The memory does not grow with the trail.
 * @param from a seal up to which an earlier run has found all in order: the hashes after it are computed
 */
export async function verifyAudit(
  client: Client,
  anchors: readonly Anchor[],
  from: Anchor | null = null,
): Promise<AuditReport> {
  await client.query("begin isolation level repeatable read read only");
  try {
    const chain = await verifySeals(client, anchors, from);
    const loose = await verifyLoose(client);
    const { findings, ...counts } = chain;
    const twice = await sealedTwice(client);
    const erasures = await verifyErasures(client);
    return {
      ...counts,
      waiting: loose.waiting,
      erased: erasures.erased,
      findings: [...findings, ...twice, ...erasures.findings, ...loose.findings],
    };
  } finally {
    await client.query("rollback");
  }
}

async function verifySeals(client: ClientBase, anchors: readonly Anchor[], from: Anchor | null) {
  const findings: string[] = [];
  const noted = new Set(anchors.map(({ number }) => number));
  const known = new Map<number, string>();
  let sealed = 0;
  let count = 0;
  let last = from;
  let previous: Buffer = from ? Buffer.from(from.hash, "hex") : Buffer.alloc(32);
  if (from) {
    const before = [from, ...anchors.filter(({ number }) => number <= from.number)];
    for (const anchor of before) known.set(anchor.number, await storedHash(client, anchor.number));
    findings.push(...compare(from, known.get(from.number), from.number));
  }
  for (;;) {
    const seals: SealRow[] = await sealsAfter(client, last?.number ?? 0);
    const rows = await canonicalRows(
      client,
      seals.flatMap(({ rowIds }) => rowIds),
    );
    for (const seal of seals) {
      const number = Number(seal.number);
      const expected: number = (last?.number ?? 0) + 1;
      if (number !== expected) findings.push(missingSeals(expected, number - 1));
      else if (!seal.previousHash.equals(previous)) {
        findings.push(`Seal ${number} does not follow the seal before it: one of the two was changed.`);
      }
      if (!hashOf(seal).equals(seal.hash))
        findings.push(`Seal ${number} was edited: its hash is not that of its content.`);
      if (!isAscending(seal.rowIds)) findings.push(`Seal ${number} has its entries in another order.`);
      for (const [index, id] of seal.rowIds.entries()) {
        const row = rows.get(id);
        if (row === undefined) findings.push(`Entry ${id} was deleted (seal ${number}).`);
        else if (!row.erased && !sha256(row.text).equals(seal.rowHashes[index] ?? Buffer.alloc(0))) {
          findings.push(`Entry ${id} was edited (seal ${number}).`);
        }
      }
      last = { number, hash: seal.hash.toString("hex") };
      if (noted.has(number)) known.set(number, last.hash);
      previous = seal.hash;
      sealed += seal.rowIds.length;
      count += 1;
    }
    if (seals.length < PAGE) break;
  }
  findings.push(...anchors.flatMap((anchor) => compare(anchor, known.get(anchor.number), last?.number ?? 0)));
  return { findings, seals: count, sealed, last };
}

/** The hash of a seal as it is stored; empty when there is none. */
async function storedHash(client: ClientBase, number: number): Promise<string> {
  const { rows } = await client.query<{ hash: string }>(
    "select encode(hash, 'hex') as hash from audit_seals where number = $1",
    [number],
  );
  return rows[0]?.hash ?? "";
}

/** Entries under more than one seal. The database sorts the ids, on its disk. */
async function sealedTwice(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ id: string; seals: string[] }>(
    `select x.id, array_agg(x.number order by x.number)::text[] as seals
     from (select unnest(s.row_ids) as id, s.number from audit_seals s) x group by x.id having count(*) > 1 order by 1`,
  );
  return rows.map(({ id, seals }) => `Entry ${id} is under two seals, ${seals.join(" and ")}.`);
}

function missingSeals(from: number, to: number): string {
  return from === to ? `Seal ${from} was deleted.` : `Seals ${from} to ${to} were deleted.`;
}

/** Compares the noted seals with the stored ones. */
function compare({ number, hash }: Anchor, found: string | undefined, end: number): string[] {
  if (found === hash) return [];
  if (found) return [`Seal ${number} is not the noted one: the chain was made again.`];
  return [
    number > end
      ? `The end was cut off: seal ${number} was written down, the last one is ${end}.`
      : `Seal ${number} was deleted.`,
  ];
}

/** Compares the entries without a seal with the list of those that wait for one. */
async function verifyLoose(client: ClientBase): Promise<{ findings: string[]; waiting: number }> {
  const gone = await client.query<{ id: string }>(
    "select u.audit_id as id from audit_unsealed u where not exists (select from audit a where a.id = u.audit_id)",
  );
  // One set of all sealed ids is faster than a look into each seal for each entry.
  const forged = await client.query<{ id: string }>(
    `select a.id from audit a
     where not exists (select from audit_unsealed u where u.audit_id = a.id)
     except select unnest(s.row_ids) from audit_seals s order by 1`,
  );
  const twice = await client.query<{ id: string }>(
    `select u.audit_id as id from audit_unsealed u
     intersect select unnest(s.row_ids) from audit_seals s order by 1`,
  );
  const waiting = await client.query<{ count: number }>("select count(*)::int as count from audit_unsealed");
  return {
    findings: [
      ...gone.rows.map(({ id }) => `Entry ${id} was deleted before it was sealed.`),
      ...forged.rows.map(
        ({ id }) => `Entry ${id} is under no seal and does not wait for one: it was put in, or its seal was deleted.`,
      ),
      ...twice.rows.map(({ id }) => `Entry ${id} waits for a seal though it has one.`),
    ],
    waiting: waiting.rows[0]?.count ?? 0,
  };
}

async function sealsAfter(client: ClientBase, number: number): Promise<SealRow[]> {
  const { rows } = await client.query<SealRow>(
    `select number, ${micros("s.sealed_at")}::text as "sealedAt", previous_hash as "previousHash", hash,
       row_ids::text[] as "rowIds", row_hashes as "rowHashes"
     from audit_seals s where number > $1 order by number limit ${PAGE}`,
    [number],
  );
  return rows;
}

async function canonicalRows(client: ClientBase, ids: readonly string[]) {
  const { rows } = await client.query<{ id: string; text: string; erased: boolean }>(
    `select a.id, ${CANONICAL_ROW} as text, exists (select from audit_erased e where e.audit_id = a.id) as erased
     from audit a where a.id = any($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Compares the entries that are noted as erased with the sealed entries `patient.erase`, which have their number and a digest
 * of their ids. An entry that was noted later, to hide an edit, makes both differ.
 */
async function verifyErasures(client: ClientBase): Promise<{ findings: string[]; erased: number }> {
  const { rows } = await client.query<{ erasure: string; entries: number; right: boolean }>(
    `select g.erasure, g.entries, u.id is not null as right
     from (
       select e.erasure_id::text as erasure, count(*)::int as entries,
         encode(sha256(convert_to(string_agg(e.audit_id::text, ',' order by e.audit_id), 'UTF8')), 'hex') as digest
       from audit_erased e group by e.erasure_id) g
     left join audit u on u.action = 'patient.erase' and u.after ->> 'erasure' = g.erasure
       and (u.after ->> 'entries')::int = g.entries and u.after ->> 'digest' = g.digest
       and not exists (select from audit_erased x where x.audit_id = u.id)
     order by g.erasure`,
  );
  return {
    findings: rows
      .filter(({ right }) => !right)
      .map(({ erasure }) => `The entries of erasure ${erasure} are not those that were erased: some may be edited.`),
    erased: rows.reduce((sum, { entries }) => sum + entries, 0),
  };
}

/** As `seal_hash` in src/db/functions/lib/seal.sql, computed here. */
function hashOf({ number, sealedAt, previousHash, rowHashes }: SealRow): Buffer {
  const head = Buffer.alloc(20);
  head.writeBigInt64BE(BigInt(number), 0);
  head.writeBigInt64BE(BigInt(sealedAt), 8);
  head.writeInt32BE(rowHashes.length, 16);
  return sha256(Buffer.concat([previousHash, head, ...rowHashes]));
}

const sha256 = (content: string | Buffer): Buffer => createHash("sha256").update(content).digest();

const isAscending = (ids: readonly string[]): boolean =>
  ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? ""));
