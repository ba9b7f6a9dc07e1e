import { DatabaseError, NeonDbError } from "@neondatabase/serverless";
import { ConnectionLost } from "./transaction.ts";

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
  return error instanceof NeonDbError || error instanceof DatabaseError ? error.code : undefined;
}

/**
 * Sorts an error thrown by a statement by its SQLSTATE (PostgreSQL, appendix A). Returns null for any other error, that is,
 * for our own mistakes.
 */
export function failureOf(error: unknown): Failure | null {
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    if (e instanceof ConnectionLost) return { kind: e.undone ? "retry" : "unavailable" };
    if (e instanceof NeonDbError || e instanceof DatabaseError) {
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
