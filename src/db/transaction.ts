import { ConnectionLost, StatementFailed } from "./errors.ts";
import type { Fields } from "./fields.ts";
import { afterAnswers } from "./patience.ts";

export interface TransactionSettings {
  url: string;
  /** The schema of this build's functions (src/db/functions). */
  functions: string;
  /** Seals and opens the texts that the database must not see. */
  fields: Fields;
  /** Neon's WebSocket wire where it is not the driver's own `wss://<host>/v2`. */
  wsUrl?: string | undefined;
  /** Longest wait for one answer, milliseconds. */
  timeoutMs: number;
}

/** A statement as PostgreSQL gets it: its text with `$1`, `$2`, ... and their values. */
export interface Statement {
  text: string;
  params: readonly unknown[];
}

/** Statements of one transaction, one after the other. */
export interface Transaction {
  /** The schema of the functions that this Worker was built with. */
  readonly functions: string;
  readonly fields: Fields;
  rows<Row>(statement: Statement): Promise<Row[]>;
}

/** A connection on which a transaction has begun. */
interface Begun {
  run: (text: string, params?: readonly unknown[]) => Promise<{ rows: unknown[]; command: string }>;
  close: (isLost: boolean) => Promise<void>;
}

/**
 * Runs `work` as one transaction over Neon's WebSocket wire. It has a connection of its own, which is closed before this
 * returns: a Worker's sockets must not outlive their request. An error of `work` rolls back and is thrown again.
 *
 * drizzle's own `transaction()` is not used. It leaks the connection when BEGIN fails. After a failed COMMIT on a dead
 * connection it throws the error of the ROLLBACK that it then tries.
 * @throws ConnectionLost, or the database's own error
 */
export async function inTransaction<Result>(
  settings: TransactionSettings,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const { functions, fields } = settings;
  const { run, close } = await begin(settings).catch((error: unknown) => {
    // A connection that breaks before BEGIN is answered has done nothing: the next one may do it. After a time-out the
    // caller has waited long enough.
    if (error instanceof ConnectionLost && !(error.cause instanceof TooLate)) return begin(settings);
    throw error;
  });
  let isLost = false;
  try {
    let result: Result;
    try {
      result = await work({
        functions,
        fields,
        rows: async <Row>({ text, params }: Statement) => (await run(text, params)).rows as Row[],
      });
    } catch (error) {
      // On a broken connection the server rolls back by itself. After a time-out the caller has waited long enough.
      if (!(error instanceof ConnectionLost)) await run("rollback").catch(() => undefined);
      else error.undone = !(error.cause instanceof TooLate);
      throw error;
    }
    const { command } = await run("commit").catch((error: unknown) => {
      if (error instanceof ConnectionLost) error.atCommit = !(error.cause instanceof TooLate);
      throw error;
    });
    // PostgreSQL answers the COMMIT of a transaction in which a statement failed with ROLLBACK, and no error.
    if (command !== "COMMIT") throw new Error(`the transaction was not committed but answered ${command}`);
    return result;
  } catch (error) {
    isLost = error instanceof ConnectionLost;
    throw error;
  } finally {
    await close(isLost);
  }
}

/** Opens a connection and begins a transaction on it. */
async function begin({ url, wsUrl, timeoutMs }: TransactionSettings): Promise<Begun> {
  // Loaded by the first transaction of an isolate: most isolates have none, and it takes a third of an isolate's start.
  const { Client, DatabaseError, neonConfig } = await import("@neondatabase/serverless");
  if (wsUrl) {
    const { protocol, host, pathname } = new URL(wsUrl);
    neonConfig.useSecureWebSocket = protocol === "wss:";
    neonConfig.wsProxy = `${host}${pathname}`;
  }
  const client = new Client(url);
  // A connection that breaks between two statements reports it here too. The next statement fails.
  client.on("error", () => {});
  const answerOf = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    try {
      return await within(timeoutMs, answer);
    } catch (error) {
      if (error instanceof DatabaseError) throw new StatementFailed(error);
      throw new ConnectionLost("the database did not answer", { cause: error });
    }
  };
  const run: Begun["run"] = (text, params = []) => answerOf(client.query(text, [...params]));
  const close: Begun["close"] = async (isLost) => {
    const closed = within(1_000, client.end()).catch(() => undefined);
    // The connection is over already, so an error here does not matter.
    if (!isLost) await closed;
  };
  try {
    await answerOf(client.connect());
    await run("begin");
    return { run, close };
  } catch (error) {
    await close(error instanceof ConnectionLost);
    throw error;
  }
}

/** An answer did not come in time. */
class TooLate extends Error {}

async function within<Result>(ms: number, promise: Promise<Result>): Promise<Result> {
  let stop = (): void => {};
  const late = new Promise<never>((_, reject) => {
    stop = afterAnswers(ms, () => reject(new TooLate(`no answer within ${ms} ms`)));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    stop();
  }
}
