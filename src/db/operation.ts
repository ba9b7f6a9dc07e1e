import { ATTEMPTS_BEHIND_A_RIVAL, type Act, type Outcome, call, isNoCaller, runAs } from "./call.ts";
import type { Database } from "./client.ts";
import { ConnectionLost, failureOf } from "./errors.ts";
import type { Transaction } from "./transaction.ts";

/** The result of a transaction's work. `dueAt` is in epoch milliseconds. `why` undoes all of it. */
export type Decided<Result, Why> = { result: Result; dueAt: number | null } | { why: Why };

/** The caller, and the id under which an operation may be recorded. The database makes a new id in each attempt. */
export interface Doing {
  actorId: string;
  operationId: string;
}

const ATTEMPTS = 3;

/**
 * Runs a use case of several steps as one transaction, in the frame of a verb. Before: the caller and the first answer of
 * the idempotency key (begin_operation.sql). After: the answer to keep (end_operation.sql). The steps write their audit
 * rows. If a rival or a guard of the database undid it, it runs again from the start, twice. After a lock timeout it runs
 * more often, so that the answer can name the rival's change. With a key it also runs again after a COMMIT without an
 * answer: if that took effect, the first answer is found. A refusal rolls back, and is kept after that
 * (refuse_operation.sql).
 * @throws what the database threw (see errors.ts) when it is unavailable, or keeps refusing
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
      if (error instanceof Refused) return await keepRefusal(db, act, error.why as Why);
      if (isNoCaller(error)) return { kind: "no-actor" };
      const failure = failureOf(error);
      const mayRepeat = act.idempotency !== null && error instanceof ConnectionLost && error.atCommit;
      if (!failure || (failure.kind === "unavailable" && !mayRepeat)) throw error;
      if (attempt >= (failure.kind === "busy" ? ATTEMPTS_BEHIND_A_RIVAL : ATTEMPTS)) throw error;
    }
  }
}

/** Thrown so that the transaction rolls back. */
class Refused extends Error {
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
  const begun = await runAs<(Doing & { kind: "begun" }) | Outcome<Result, Why>>(tx, act, "begin_operation");
  if (begun.kind !== "begun") return begun;
  const decided = await work(tx, begun);
  if ("why" in decided) throw new Refused(decided.why);
  if (act.idempotency) await runAs(tx, act, "end_operation", { result: JSON.stringify(decided.result) });
  return { kind: "done", result: decided.result, replayed: false, dueAt: decided.dueAt };
}

/** Only a request with a key can be repeated, so only its refusal is kept. */
async function keepRefusal<Result, Why extends { code: string }>(
  db: Database,
  act: Act,
  why: Why,
): Promise<Outcome<Result, Why>> {
  return act.idempotency ? await call(db, act, "refuse_operation", { why }) : { kind: "refused", why };
}
