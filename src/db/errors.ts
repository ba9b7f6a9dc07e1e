/** The fields of PostgreSQL's error message that are read here (its manual, "Error and Notice Message Fields"). */
interface ErrorFields {
  message: string;
  /** SQLSTATE; left out when it was not PostgreSQL that failed. */
  code?: string | undefined;
  constraint?: string | undefined;
  where?: string | undefined;
}

/** A statement failed, over whichever wire. Its message quotes data, so it is never logged. */
export class StatementFailed extends Error implements ErrorFields {
  override name = "StatementFailed";
  readonly code: string | undefined;
  readonly constraint: string | undefined;
  /** The places in the stored functions, innermost first. */
  readonly where: string | undefined;

  constructor({ message, code, constraint, where }: ErrorFields, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.constraint = constraint;
    this.where = where;
  }
}

/** The connection broke or an answer did not come. If COMMIT was sent, it is not known whether the transaction committed. */
export class ConnectionLost extends Error {
  override name = "ConnectionLost";
  /** The connection broke before COMMIT was sent: nothing has happened, and all of it may be done again. */
  undone = false;
  /** The connection broke after COMMIT was sent. A request with an idempotency key finds its first answer if there is one. */
  atCommit = false;
}

/** The meaning of a failed statement for a verb. Any other error stays as it is. */
export type Failure =
  /** A guard refused: its constraint. Safe to decide again from fresh data. */
  | { kind: "conflict"; constraint: string }
  /** Deadlock, serialization failure, or a connection that broke before COMMIT: nothing happened; try again. */
  | { kind: "retry" }
  /**
   * A lock was not acquired within the role's lock_timeout (1 s). Nothing was changed, and the other transaction still runs.
   */
  | { kind: "busy" }
  /** The database did not answer, or the connection broke: it is not known whether the statement took effect. */
  | { kind: "unavailable" };

const SERVER_TROUBLE = ["08", "53", "57", "58"];

/** The SQLSTATE of an error that the database threw, or undefined. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof StatementFailed ? error.code : undefined;
}

/**
 * Sorts an error thrown by a statement by its SQLSTATE (PostgreSQL, appendix A). Returns null for any other error, that is,
 * for our own mistakes.
 */
export function failureOf(error: unknown): Failure | null {
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    if (e instanceof ConnectionLost) return { kind: e.undone ? "retry" : "unavailable" };
    if (e instanceof StatementFailed) {
      if (!e.code) return { kind: "unavailable" };
      if (e.code === "23505" || e.code === "23P01") return { kind: "conflict", constraint: e.constraint ?? "" };
      if (e.code === "40P01" || e.code === "40001") return { kind: "retry" };
      if (e.code === "55P03") return { kind: "busy" };
      if (SERVER_TROUBLE.includes(e.code.slice(0, 2))) return { kind: "unavailable" };
      return null;
    }
    if (e.name === "TimeoutError" || e.name === "AbortError") return { kind: "unavailable" };
  }
  return null;
}
