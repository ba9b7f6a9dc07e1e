import type { ROLES } from "#domain/closed-lists.ts";
import { pgArray } from "#lib/encoding.ts";
import type { Database } from "./client.ts";
import { codeOf, failureOf } from "./errors.ts";
import type { Statement } from "./transaction.ts";

/**
 * The caller: the identity provider's `sub`, the role they act in, and their session's version (null: bearer token). With
 * the token's `iat` (seconds since 1970; null: session).
 */
export interface CallerRef {
  subject: string;
  role: (typeof ROLES)[number];
  sessionVersion: number | null;
  /** When the login proved a second factor, epoch milliseconds; left out or null when it did not. */
  secondFactorAt?: number | null;
  tokenIssuedAt?: number | null;
}

/** The caller of a verb, with the request's id and the idempotency key. */
export interface Act {
  caller: CallerRef;
  requestId: string;
  /** `hash` covers method, path and body, so that a key cannot be used for another request. */
  idempotency: { key: string; hash: string } | null;
}

/** The answer of a verb's function (src/db/functions/lib/done.sql and refuse.sql). */
export type Outcome<Result, Why extends { code: string } = never> =
  /** `dueAt`: when the patient's notification falls due, epoch milliseconds; null when there is none, or on a replay. */
  | { kind: "done"; result: Result; replayed: boolean; dueAt: number | null }
  /** Nothing was changed, and why. */
  | { kind: "refused"; why: Why }
  /** The caller is unknown, switched off, has another role, or has logged out everywhere. */
  | { kind: "no-actor" }
  | { kind: "key-reused" }
  | { kind: "key-in-flight" };

/**
 * An argument of a function. Objects and arrays of objects become jsonb, arrays of text or ids PostgreSQL arrays. An array
 * of objects that may be empty goes as JSON text (`JSON.stringify`). An empty one would be a PostgreSQL array.
 */
export type Argument = string | number | boolean | null | object;

/** Where a function can be called: the database, or a transaction over its WebSocket. */
export type Callable = Pick<Database, "functions" | "fields" | "rows">;

/** Raised by a function for a caller that the clinic does not know (src/db/functions/lib/require_caller.sql). */
const NO_CALLER = "HF001";

/** Raised for a token that was issued before the person's sessions were last ended (find_caller, in the same file). */
const TOKEN_OVER = "HF002";

/** The primary key of the kept answers: a request with the same key has just been answered. */
const IDEMPOTENCY_KEYS = "idempotency_keys_person_id_key_pk";

const ATTEMPTS = 3;

/**
 * Attempts of a verb that changes a given version, if it does not get a lock within `lock_timeout` (1 s). A rival's verb is
 * ended after `statement_timeout` (5 s). So one of these attempts sees the rival's change and can name the person.
 */
export const ATTEMPTS_BEHIND_A_RIVAL = 6;

/**
 * Calls a verb: one function of src/db/functions, one round trip. What a rival or a guard of the database undid is tried
 * again, twice: nothing had happened. A verb that names `versions` also waits again for a lock. Others do not: their caller
 * has waited `lock_timeout` once, and learns nothing by it.
 * @throws what the database threw (see errors.ts) when it is unavailable, or keeps refusing
 */
export async function call<Result, Why extends { code: string } = never>(
  db: Database,
  act: Act,
  verb: string,
  args: Record<string, Argument> = {},
): Promise<Outcome<Result, Why>> {
  const statement = callOf(db, act, verb, args);
  try {
    const once = async () => answerOf(db, verb, await db.rows<{ answer: Outcome<Result, Why> }>(statement));
    return await again(once, "versions" in args);
  } catch (error) {
    if (isNoCaller(error)) return { kind: "no-actor" };
    const failure = failureOf(error);
    if (failure?.kind === "conflict" && failure.constraint === IDEMPOTENCY_KEYS) return { kind: "key-in-flight" };
    throw error;
  }
}

/** Tries again what a rival or a guard of the database undid, twice, and with `waits` also what waited for a lock in vain. */
async function again<Answer>(once: () => Promise<Answer>, waits: boolean): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once();
    } catch (error) {
      const kind = failureOf(error)?.kind;
      const attempts = kind === "busy" && waits ? ATTEMPTS_BEHIND_A_RIVAL : ATTEMPTS;
      const isUndone = kind === "conflict" || kind === "retry" || (kind === "busy" && waits);
      if (!isUndone || attempt >= attempts) throw error;
    }
  }
}

/**
 * Calls a function in which no caller acts, once: a step of a job, or of a transaction.
 * @returns what the function answers
 */
export async function run<Answer>(db: Callable, name: string, args: Record<string, Argument> = {}): Promise<Answer> {
  return answerOf(db, name, await db.rows<{ answer: Answer }>(statementOf(db, name, "", [], args)));
}

/** Like {@link run}, for the change of a version by a person without a login: it is tried again as a verb with `versions` is. */
export function runChange<Answer>(db: Database, name: string, args: Record<string, Argument>): Promise<Answer> {
  return again(() => run<Answer>(db, name, args), true);
}

/**
 * Calls a function that is a step of a caller's transaction, once.
 * @returns what the function answers, which is no `Outcome`
 * @throws an error of which `isNoCaller` holds when the caller is unknown or may no longer act
 */
export async function runAs<Answer>(
  db: Callable,
  act: Act,
  name: string,
  args: Record<string, Argument> = {},
): Promise<Answer> {
  return answerOf(db, name, await db.rows<{ answer: Answer }>(callOf(db, act, name, args)));
}

/**
 * Calls a function that reads for a caller.
 * @param requestId the request, where the function records what was read
 * @returns `known` false: no such caller; `item` null: not there, or not theirs
 */
export async function read<Item>(
  db: Callable,
  caller: CallerRef,
  name: string,
  args: Record<string, Argument> = {},
  requestId = "",
): Promise<Found<Item>> {
  try {
    const item = await runAs<Item | null>(db, { caller, requestId, idempotency: null }, name, args);
    return { known: true, item };
  } catch (error) {
    if (isNoCaller(error)) return { known: false, item: null };
    throw error;
  }
}

/** The answer of a read. */
export interface Found<Item> {
  /** False: the caller is unknown, switched off, has another role, or has logged out everywhere. */
  known: boolean;
  /** Null: not there, or not theirs. */
  item: Item | null;
}

/** A function found that its caller is unknown or may no longer act. */
export function isNoCaller(error: unknown): boolean {
  return codeOf(error) === NO_CALLER;
}

/** A function found that the caller's token was issued before their sessions were ended everywhere. */
export function isTokenOver(error: unknown): boolean {
  return codeOf(error) === TOKEN_OVER;
}

/** The answer of a function, with its sealed texts opened. */
async function answerOf<Answer>(
  { fields }: Pick<Callable, "fields">,
  name: string,
  [row]: { answer: Answer }[],
): Promise<Answer> {
  if (!row) throw new Error(`${name} answered no row`);
  return await fields.open(row.answer);
}

/** The statement that calls a function for a caller: `select v_3f9c2a81.confirm_hold(row($1, ...), "hold" => $7) as answer`. */
export function callOf(
  db: Pick<Callable, "functions">,
  act: Act,
  name: string,
  args: Record<string, Argument>,
): Statement {
  const { caller, requestId, idempotency } = act;
  const who = [
    caller.subject,
    caller.role,
    caller.sessionVersion,
    requestId,
    idempotency?.key,
    idempotency?.hash,
    instantOf(caller.secondFactorAt),
    caller.tokenIssuedAt,
  ];
  const places = who.map((_, index) => `$${index + 1}`).join(", ");
  return statementOf(db, name, `row(${places})::${db.functions}.caller`, who, args);
}

function instantOf(epochMs: number | null | undefined): string | null {
  return epochMs === null || epochMs === undefined ? null : new Date(epochMs).toISOString();
}

/** Names are this program's own; only values come from outside, and they go as parameters. */
function statementOf(
  { functions }: Pick<Callable, "functions">,
  name: string,
  first: string,
  before: readonly unknown[],
  args: Record<string, Argument>,
): Statement {
  const named = Object.keys(args).map((key, index) => `"${key}" => $${before.length + index + 1}`);
  return {
    text: `select ${functions}.${name}(${[...(first ? [first] : []), ...named].join(", ")}) as answer`,
    params: [...before.map((value) => value ?? null), ...Object.values(args).map(parameter)],
  };
}

function parameter(value: Argument): string | number | boolean | null {
  if (value === null || typeof value !== "object") return value;
  const isList = Array.isArray(value) && value.every((item) => typeof item === "string" || typeof item === "number");
  return isList ? pgArray(value) : JSON.stringify(value);
}
