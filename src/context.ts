import type { Limits } from "#adapters/limits.ts";
import type { Queue } from "#adapters/qstash.ts";
import type { Sessions } from "#adapters/sessions.ts";
import type { Caller } from "#contract/caller.ts";
import type { Database } from "#db/client.ts";
import type { Sender } from "#domain/message/sender.ts";
import type { Cause } from "#lib/cause.ts";
import type { Bindings, Env } from "./env.ts";

/** The outside services of one request or one job. */
export interface Services {
  env: Env;
  /** The deployed build: the package's version and the commit. */
  build: { version: string; commit: string };
  db: Database;
  sessions: Sessions;
  queue: Queue;
  sender: Sender;
  limits: Limits;
  log: Log;
}

/** Writes a structured line: an event's name with ids, counts or codes; never names, addresses, reasons or tokens. */
export type Log = (event: string, fields?: LogFields) => void;

/** The fields of a log line. Those of `Cause` say what failed and where. */
export interface LogFields extends Partial<Cause> {
  /** The request, or the run of the scheduled jobs, that the line belongs to. */
  requestId?: string;
  method?: string;
  route?: string;
  status?: number;
  code?: string;
  role?: string;
  job?: string;
  appointmentId?: string;
  operationId?: string;
  doctorIds?: string[];
  messageId?: string;
  count?: number;
  durationMs?: number;
  /** A link of the audit trail's hash chain, `<number>:<hash>`. */
  seal?: string;
  /** How long after its due time a message was sent, seconds. */
  lagSeconds?: number;
  /** How often QStash has delivered a callback before. */
  retried?: number;
  /** Since when the oldest notification is overdue and the oldest audit row unsealed, seconds. */
  overdueSeconds?: number;
  unsealedSeconds?: number;
  /** How far the Worker's clock is ahead of the database's, seconds. */
  skewSeconds?: number;
  /** Time zones that the database and the Worker do not agree on. */
  zones?: string[];
  /** Names of settings that are missing or wrong, with the rule that each breaks; never a value. */
  settings?: string[];
}

/** Hono's type parameters for every router of the Worker. */
export interface App {
  Bindings: Bindings;
  Variables: {
    requestId: string;
    /** The code of the problem that answers the request. */
    problem: string | undefined;
    services: Services;
    /** Runs one of the Worker's jobs (src/jobs) now, as its callback would. */
    runJob: (name: string, payload: Record<string, string>) => Promise<void>;
    /** Set by the authentication middleware. */
    caller: Caller;
    /** When the cookie's session ends without use, epoch milliseconds; null without a session. */
    idleEndsAt: number | null;
  };
}
