import { sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import { actorCte, ctes } from "./fragments.ts";
import { failureOf } from "./errors.ts";
import type { Transaction } from "./transaction.ts";
import type { Act, Outcome } from "./call.ts";
import { type Refused, priorOutcome, refuse } from "./verb.ts";

/** What the work of an operation comes to: `why` undoes all of it. */
export type Decided<Result, Why> = { result: Result; dueAt: number | null } | { why: Why };

/** Who does it, and the id under which it may be kept (schema/operations.ts): the database's, and new in each attempt. */
export interface Doing {
  actorId: string;
  operationId: string;
}

/**
 * Runs an operation of several statements as one transaction, in the same frame as a verb (verb.ts): who is calling, the
 * idempotency key's turn and first answer before, the answer to remember after, all in that transaction. What a rival or a
 * guard of the database undoes is done again from the start, twice. The work writes its own audit rows. A refusal undoes
 * the transaction, and is remembered after it.
 */
export async function runOperation<Result, Why extends { code: string }>(
  db: Database,
  act: Act,
  work: (tx: Transaction, doing: Doing) => Promise<Decided<Result, Why>>,
): Promise<Outcome<Result, Why>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction((tx) => runOnce(tx, act, work));
    } catch (error) {
      if (error instanceof Undone) return await refuse(db, act, error.why as Why);
      const failure = failureOf(error);
      if (!failure || failure.kind === "unavailable" || failure.kind === "busy" || attempt === 3) throw error;
    }
  }
}

/** Thrown so that the transaction rolls back. */
class Undone extends Error {
  readonly why: unknown;
  constructor(why: unknown) {
    super("refused");
    this.why = why;
  }
}

async function runOnce<Result, Why extends { code: string }>(
  tx: Transaction,
  act: Act,
  work: (tx: Transaction, doing: Doing) => Promise<Decided<Result, Why>>,
): Promise<Outcome<Result, Why>> {
  const key = act.idempotency;
  const [row] = await tx.rows<{
    id: string | null;
    operationId: string;
    turn: boolean;
    prior: { hash: string; result: Result | null; refusal: Refused<Why> | null } | null;
  }>(sql`
    ${ctes([
      actorCte(act.caller),
      key
        ? sql`turn as materialized (
            select pg_try_advisory_xact_lock(hashtextextended(${key.key}, hashtext(a.id::text))) as ok from actor a)`
        : sql`turn as materialized (select true as ok)`,
    ])} select (select id from actor) as id, uuidv7() as "operationId", coalesce((select ok from turn), false) as turn, (
      -- Looked for after the lock was asked for, with a snapshot of its own (see verb.ts).
      select jsonb_build_object('hash', k.request_hash, 'result', k.result, 'refusal', k.refusal)
      from actor a, turn t, kept_answer(a.id, case when t.ok is not null then ${key?.key ?? null}::text end) k) as prior`);
  if (!row?.id) return { kind: "no-actor" };
  if (row.prior) return priorOutcome(act, row.prior);
  if (!row.turn) return { kind: "key-in-flight" };
  const decided = await work(tx, { actorId: row.id, operationId: row.operationId });
  if ("why" in decided) throw new Undone(decided.why);
  if (key) {
    await tx.rows(sql`insert into idempotency_keys (person_id, key, request_hash, result)
      values (${row.id}::uuid, ${key.key}, ${key.hash}, ${JSON.stringify(decided.result)}::jsonb)`);
  }
  return { kind: "done", result: decided.result, replayed: false, dueAt: decided.dueAt };
}
