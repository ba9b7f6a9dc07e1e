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

/** The body Neon answers with: the message, and every field Postgres gave (null where it gave none). */
export function errorBody(error: unknown): Record<string, string | null> {
  const body: Record<string, string | null> = { message: error instanceof Error ? error.message : String(error) };
  const source = error instanceof ProxyError ? error.cause : error;
  for (const field of FIELDS) body[field] = (source instanceof DatabaseError && source[field]) || null;
  return body;
}

/**
 * The status for a failed login or connection: 400 when the caller's credentials are at fault, 500 when the database
 * is. (A statement that fails is always 400, also when the connection broke under it; source: neondatabase/neon,
 * proxy/src/serverless/sql_over_http.rs.)
 */
export function loginStatus(error: unknown): number {
  const code = error instanceof DatabaseError ? (error.code ?? "") : "";
  return code.startsWith("28") || code === "3D000" ? 400 : 500;
}
