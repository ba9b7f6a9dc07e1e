import type { Fields } from "./fields.ts";
import { queryOverHttp } from "./http.ts";
import { afterAnswers } from "./patience.ts";
import { type Statement, type Transaction, inTransaction } from "./transaction.ts";

/** Where the database is: the role's connection string, and Neon's two wires (HTTP and WebSocket). */
export interface DatabaseSettings {
  url: string;
  httpUrl: string;
  /** `ws:` or `wss:`; Neon's own address for the host when left out. */
  wsUrl?: string | undefined;
  /** The schema of this build's functions (src/db/functions), named by the hash of their text. */
  functions: string;
  /** Seals and opens the texts that the database must not see. */
  fields: Fields;
  /** Longest wait for an answer, milliseconds; a little more than the role's own statement_timeout. */
  timeoutMs: number;
}

/** One statement goes over HTTP: one request, one answer, no connection to keep. Several go over the WebSocket. */
export interface Database {
  /** The schema of the functions that this Worker was built with. */
  readonly functions: string;
  readonly fields: Fields;
  /** Runs one statement and gives its rows; errors are PostgreSQL's (see errors.ts) or a failed fetch. */
  rows<Row>(statement: Statement): Promise<Row[]>;
  /** Runs several statements, all or nothing, on a connection of their own; see transaction.ts. */
  transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>;
}

/**
 * Opens the database over Neon's HTTP wire. It connects nothing, because every statement is a request of its own. So it may
 * be called for every request.
 */
export function openDatabase(settings: DatabaseSettings): Database {
  return {
    functions: settings.functions,
    fields: settings.fields,
    async rows<Row>(statement: Statement): Promise<Row[]> {
      const patience = new AbortController();
      const stop = afterAnswers(settings.timeoutMs, () => patience.abort());
      try {
        return await queryOverHttp<Row>(settings, statement, patience.signal);
      } finally {
        stop();
      }
    },
    transaction: (work) => inTransaction(settings, work),
  };
}
