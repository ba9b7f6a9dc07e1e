import { type SQL, sql } from "drizzle-orm";
import type { Act, Outcome } from "./call.ts";
import type { Database } from "./client.ts";
import { failureOf } from "./errors.ts";
import type { SlotFate } from "./queries/slot-fate.ts";
import { type Answer, type GuardedVerb, verbStatement } from "./verb-statement.ts";

/** The statement changed nothing. */
export interface Refused<Why> {
  /** False when there is no such patient for this caller. */
  patientKnown: boolean;
  /** The guard of the database that said no, and went on saying so. */
  constraint: string | null;
  /** What the verb's `refusal` says. */
  why: Why | null;
  /** What became of the slot that was asked for, where the verb has a `fate`. */
  fate: SlotFate | null;
}

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
   * and end in `change(entity_id, patient_id, before, after, result, changed)`: one row if done, none if refused.
   * `changed` is false where the answer is "it is so already": then there is nothing to audit.
   */
  steps: SQL;
  /** The CTE `told` that writes the outbox row (see tell.ts), or null for a verb of which nobody is told. */
  tell: SQL | null;
  /** A jsonb expression `{code, ...}` that says why the steps changed nothing, as they judged it; null if they did not. */
  refusal?: SQL;
  /**
   * For a verb that wants a slot: `slotFate` (queries/slot-fate.ts), which finds what is free instead. Too much to plan for
   * every try, so a verb that did not get its slot is run once more, with it. That also sees to `SKIP LOCKED`, which takes
   * the lock of a rival who gives up a moment later for "taken": nobody is told so who would get the slot now.
   */
  fate?: SQL;
}

/** The primary key of the kept answers. */
const IDEMPOTENCY_KEYS = "idempotency_keys_person_id_key_pk";

/**
 * Runs a verb as ONE statement: who is calling, the idempotency key's turn and first answer, the change, its audit row,
 * its outbox row and the answer to remember. Two requests with one key: the second finds the advisory lock taken
 * (in flight) or, if the first has committed, its answer. That is looked for after the lock was asked for, and with a
 * snapshot of its own: to the statement's, the first may have done nothing yet and the second would be refused.
 *
 * A refusal is remembered as well. Else the statement of a request whose connection broke could come late and do what its
 * repetition was refused meanwhile.
 */
export async function runVerb<Result, Why extends { code: string } = never>(
  db: Database,
  act: Act,
  verb: Verb,
): Promise<Outcome<Result, Why>> {
  const answer = await run<Result, Why>(db, act, verb, verb.fate !== undefined);
  return read(act, answer.refusal && !answer.settled ? await run<Result, Why>(db, act, verb) : answer);
}

/** A verb that does nothing but say no. */
function refusing({ constraint, why }: { constraint: string | null; why: unknown }, fate?: SQL): GuardedVerb {
  return {
    audit: { action: "refuse", entity: "person" },
    tell: null,
    constraint,
    steps: sql`patient as (select), change as (
      select null::uuid as entity_id, null::uuid as patient_id, null::jsonb as before, null::jsonb as after,
        null::jsonb as result, false as changed where false)`,
    ...(why ? { refusal: sql`${JSON.stringify(why)}::jsonb` } : {}),
    ...(fate ? { fate } : {}),
  };
}

/** The answer of a statement that has failed, but for what it failed of. */
const NOTHING: Answer<never, never> = {
  actor: true,
  turn: true,
  prior: null,
  result: null,
  refusal: null,
  settled: true,
  why: null,
  dueAt: null,
};

/** `again`: whoever does not get a slot is not refused yet, and not told what is free instead. */
async function run<Result, Why>(
  db: Database,
  act: Act,
  verb: GuardedVerb,
  again = false,
): Promise<Answer<Result, Why>> {
  const statement = verbStatement(act, verb, again);
  for (let attempt = 1; ; attempt++) {
    try {
      const [row] = await db.rows<{ answer: Answer<Result, Why> }>(statement);
      if (!row) throw new Error("a verb answered no row");
      return row.answer;
    } catch (error) {
      const failure = failureOf(error);
      // Who has waited for a lock as long as one may is not made to wait three times as long.
      if (!failure || failure.kind === "unavailable" || failure.kind === "busy") throw error;
      if (attempt < 3) continue;
      if (failure.kind !== "conflict") throw error;
      if (failure.constraint === IDEMPOTENCY_KEYS) return { ...NOTHING, turn: false };
      const refusal = { constraint: failure.constraint, why: null };
      if (verb.fate) return await run(db, act, refusing(refusal, verb.fate));
      // What was put in is somebody else's already, such as a number: that is for the asker to put right.
      return { ...NOTHING, refusal: { patientKnown: true, ...refusal, fate: null } };
    }
  }
}

function read<Result, Why extends { code: string }>(act: Act, answer: Answer<Result, Why>): Outcome<Result, Why> {
  if (!answer.actor) return answer.why ? { kind: "refused", why: answer.why } : { kind: "no-actor" };
  if (answer.prior) return priorOutcome(act, answer.prior);
  if (!answer.turn) return { kind: "key-in-flight" };
  if (answer.refusal) return { kind: "refused", why: whyOf(answer.refusal) };
  if (answer.result === null) throw new Error("a verb was neither done nor refused");
  return { kind: "done", result: answer.result, replayed: false, dueAt: answer.dueAt };
}

/** The first answer once more, unless it was to another request. */
function priorOutcome<Result, Why extends { code: string }>(
  act: Act,
  { hash, result, refusal }: { hash: string; result: Result | null; refusal: Refused<Why> | null },
): Outcome<Result, Why> {
  if (hash !== act.idempotency?.hash) return { kind: "key-reused" };
  if (refusal) return { kind: "refused", why: whyOf(refusal) };
  if (result === null) throw new Error("neither done nor refused was kept");
  return { kind: "done", result, replayed: true, dueAt: null };
}

/** The refusal of a verb that is still one statement, as a function would have said it (see refusal.ts). */
function whyOf<Why>({ why, constraint, fate, patientKnown }: Refused<Why>): Why {
  const code = (why as { code?: string } | null)?.code;
  if (why && code !== "hold-expired" && code !== "slot-taken") return why;
  if (!fate) return (patientKnown && constraint ? { code: "conflict", constraint } : { code: "not-found" }) as Why;
  if (!why && !constraint) return { code: "not-found" } as Why;
  const { overlaps, alternatives, asked, free, expiresInMs, slotId } = fate;
  if (constraint === "appointments_no_overlap" && overlaps) {
    return { code: "overlaps-own-appointment", appointmentId: overlaps } as Why;
  }
  if (asked !== "hold") return { code: "slot-taken", alternatives } as Why;
  const slotFree = free && expiresInMs === null;
  return { code: "hold-expired", slotFree, ...(slotId ? { slotId } : {}), ...(free ? {} : { alternatives }) } as Why;
}
