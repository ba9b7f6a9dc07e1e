import { type SQL, sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import { type CallerRef, actorCte, ctes, ms } from "./fragments.ts";
import { failureOf } from "./pg-error.ts";

/** Who acts, in which request, and under which idempotency key. */
export interface Act {
  caller: CallerRef;
  requestId: string;
  /** `hash` covers method, path and body, so that a key cannot be used for another request. */
  idempotency: { key: string; hash: string } | null;
}

export type Outcome<Result, Why = never> =
  /** `dueAt`: when somebody is to be told of it, epoch milliseconds; null when nobody is, or it is a replay. */
  | { kind: "done"; result: Result; replayed: boolean; dueAt: number | null }
  /**
   * The statement changed nothing; `patientKnown` is false when there is no such patient for this caller, `why` is what
   * the verb's `refusal` says.
   */
  | { kind: "refused"; patientKnown: boolean; constraint: string | null; why: Why | null }
  /** The caller is nobody by now: unknown, switched off, another role, or logged out everywhere. */
  | { kind: "no-actor"; why?: Why | null }
  | { kind: "key-reused" }
  | { kind: "key-in-flight" };

/**
 * The parts of a verb. The first three are required on purpose: a verb that forgets its audit row, or that tells
 * nothing without saying so, does not compile.
 */
export interface Verb {
  /** The audited action, such as `hold` or `appointment.confirm`, and what kind of thing it changes. */
  audit: {
    action: string;
    entity: "slot" | "appointment" | "patient" | "doctor" | "person" | "policy" | "task";
    /** Why staff set a rule aside, where they did. */
    reason?: string | null;
  };
  /** The CTE `actor(id, role)`, with what it needs before it, where the caller becomes somebody by this very verb. */
  actor?: SQL;
  /**
   * CTEs that lock, check every rule and change rows. They see `go(actor_id)`, which is empty when nothing may happen,
   * and end in `change(entity_id, subject_id, before, after, result, changed)`: one row if done, none if refused.
   * `changed` is false where the answer is "it is so already": then there is nothing to audit.
   */
  steps: SQL;
  /** The CTE `told` that writes the outbox row (see tell.ts), or null for a verb of which nobody is told. */
  tell: SQL | null;
  /** A jsonb expression that says why the steps changed nothing, as they judged it; without it a second read must. */
  refusal?: SQL;
}

interface Answer<Result, Why> {
  actor: boolean;
  turn: boolean;
  prior: { hash: string; result: Result } | null;
  patient: boolean;
  result: Result | null;
  refusal: Why | null;
  dueAt: number | null;
}

/** The primary key of the kept answers. */
const IDEMPOTENCY_KEYS = "idempotency_keys_person_id_key_pk";

/**
 * Runs a verb as ONE statement: who is calling, the idempotency key's turn and first answer, the change, its audit row,
 * its outbox row and the answer to remember. Two requests with one key: the second finds the advisory lock taken
 * (in flight) or, if the first has committed, its answer. That is looked for after the lock was asked for, and with a
 * snapshot of its own: to the statement's, the first may have done nothing yet and the second would be refused.
 */
export async function runVerb<Result, Why = never>(db: Database, act: Act, verb: Verb): Promise<Outcome<Result, Why>> {
  const statement = assemble(act, verb);
  for (let attempt = 1; ; attempt++) {
    try {
      const [row] = await db.rows<{ answer: Answer<Result, Why> }>(statement);
      return read(act, row?.answer);
    } catch (error) {
      const failure = failureOf(error);
      // Who has waited for a lock as long as one may is not made to wait three times as long.
      if (!failure || failure.kind === "unavailable" || failure.kind === "busy") throw error;
      if (attempt < 3) continue;
      if (failure.kind === "conflict" && failure.constraint === IDEMPOTENCY_KEYS) return { kind: "key-in-flight" };
      if (failure.kind === "conflict") {
        return { kind: "refused", patientKnown: true, constraint: failure.constraint, why: null };
      }
      throw error;
    }
  }
}

function assemble(act: Act, verb: Verb): SQL {
  const key = act.idempotency;
  const turn = key
    ? sql`turn as materialized (
        select pg_try_advisory_xact_lock(hashtextextended(${key.key}, hashtext(a.id::text))) as ok from actor a),
      prior as materialized (
        select k.request_hash, k.result
        from actor a, turn t, kept_answer(a.id, case when t.ok is not null then ${key.key}::text end) k)`
    : sql`turn as materialized (select true as ok),
      prior as materialized (select null::text as request_hash, null::jsonb as result where false)`;
  const keep = key
    ? [
        sql`kept as (
          insert into idempotency_keys (person_id, key, request_hash, result)
          select go.actor_id, ${key.key}, ${key.hash}, c.result from change c, go)`,
      ]
    : [];
  const parts = [
    verb.actor ?? actorCte(act.caller),
    turn,
    sql`go as materialized (
      select a.id as actor_id from actor a where (select ok from turn) and not exists (select from prior))`,
    verb.steps,
    sql`audited as (
      insert into audit (actor_id, subject_id, action, entity, entity_id, before, after, reason, request_id)
      select go.actor_id, c.subject_id, ${verb.audit.action}, ${verb.audit.entity}, c.entity_id, c.before, c.after,
        ${verb.audit.reason ?? null}, ${act.requestId}
      from change c, go where c.changed)`,
    ...(verb.tell ? [verb.tell] : []),
    ...keep,
  ];
  return sql`${ctes(parts)} select jsonb_build_object(
    'actor', exists (select from actor),
    'turn', coalesce((select ok from turn), false),
    'prior', (select jsonb_build_object('hash', request_hash, 'result', result) from prior),
    'patient', exists (select from patient),
    'result', (select result from change),
    'refusal', ${verb.refusal ?? sql`null`},
    'dueAt', ${verb.tell ? sql`(select ${ms(sql`max(due_at)`)} from told)` : sql`null`}) as answer`;
}

function read<Result, Why>(act: Act, answer: Answer<Result, Why> | undefined): Outcome<Result, Why> {
  if (!answer?.actor) return { kind: "no-actor", why: answer?.refusal ?? null };
  if (answer.prior) {
    if (answer.prior.hash !== act.idempotency?.hash) return { kind: "key-reused" };
    return { kind: "done", result: answer.prior.result, replayed: true, dueAt: null };
  }
  if (!answer.turn) return { kind: "key-in-flight" };
  if (answer.result === null) {
    return { kind: "refused", patientKnown: answer.patient, constraint: null, why: answer.refusal };
  }
  return { kind: "done", result: answer.result, replayed: false, dueAt: answer.dueAt };
}
