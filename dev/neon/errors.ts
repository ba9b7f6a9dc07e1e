import { DatabaseError } from "pg";

/** A refusal by the proxy itself. */
export class ProxyError extends Error {
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

const FIELDS = [
  "code",
  "detail",
  "hint",
  "position",
  "internalPosition",
  "internalQuery",
  "severity",
  "where",
  "table",
  "column",
  "schema",
  "dataType",
  "constraint",
  "file",
  "line",
  "routine",
] as const;

/** Neon's error body: the message and all fields of Postgres' error (null if missing). */
export function errorBody(error: unknown): Record<string, string | null> {
  const body: Record<string, string | null> = { message: error instanceof Error ? error.message : String(error) };
  const source = error instanceof ProxyError ? error.cause : error;
  for (const field of FIELDS) body[field] = (source instanceof DatabaseError && source[field]) || null;
  return body;
}

/**
 * The status for a failed login or connection: 400 for wrong credentials, 500 for a fault of the database. A statement that
 * fails is always 400, also after a broken connection (source: neondatabase/neon,
 * proxy/src/serverless/sql_over_http.rs).
 */
export function loginStatus(error: unknown): number {
  const code = error instanceof DatabaseError ? (error.code ?? "") : "";
  return code.startsWith("28") || code === "3D000" ? 400 : 500;
}
