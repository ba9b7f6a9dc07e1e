import type { QueryArrayConfig } from "pg";
import { ProxyError } from "./errors.ts";
import { lingers, type Backend } from "./upstream.ts";

/** One statement as the driver sends it; parameters as JSON, `\x...` strings for bytes. */
export interface Statement {
  query: string;
  params: unknown[];
  arrayMode: boolean;
}

/** How a batch's transaction begins, from the request's headers. */
export interface BatchOptions {
  isolationLevel?: string | undefined;
  readOnly: boolean;
  deferrable: boolean;
}

const ISOLATION: Record<string, string> = {
  ReadUncommitted: "read uncommitted",
  ReadCommitted: "read committed",
  RepeatableRead: "repeatable read",
  Serializable: "serializable",
};

// Values stay Postgres' text; the driver converts them.
const AS_TEXT = { getTypeParser: () => (value: string | Buffer) => value };

/** Reads the request's body: one statement, or `{queries: [...]}`. */
export function parseStatements(body: string, arrayMode: boolean): { batch: boolean; statements: Statement[] } {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (error) {
    throw new ProxyError(400, `could not parse the HTTP request body: ${(error as Error).message}`);
  }
  const one = (value: unknown): Statement => {
    const { query, params = [], arrayMode: own = arrayMode } = (value ?? {}) as Partial<Statement>;
    if (typeof query !== "string" || !Array.isArray(params)) {
      throw new ProxyError(400, "could not parse the HTTP request body: a statement needs query and params");
    }
    return { query, params, arrayMode: own };
  };
  const queries = (json as { queries?: unknown } | null)?.queries;
  if (Array.isArray(queries)) return { batch: true, statements: queries.map(one) };
  return { batch: false, statements: [one(json)] };
}

/** Runs one statement as an unnamed prepared one and returns Neon's result object. */
export async function runStatement(backend: Backend, { query, params, arrayMode }: Statement): Promise<object> {
  const result = await backend.query({
    text: query,
    values: params,
    rowMode: "array",
    queryMode: "extended",
    types: AS_TEXT,
  } as QueryArrayConfig);
  backend.dirty ||= lingers(result.command ?? "", query);
  const names = result.fields.map((field) => field.name);
  const rows = arrayMode
    ? result.rows
    : result.rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] as unknown])));
  return {
    rowAsArray: arrayMode,
    fields: result.fields,
    rows,
    command: result.command ?? "",
    rowCount: result.rowCount,
  };
}

/** Runs all statements in one transaction, or none of them. */
export async function runBatch(backend: Backend, statements: Statement[], options: BatchOptions): Promise<object> {
  const { isolationLevel, readOnly, deferrable } = options;
  const modes = [
    isolationLevel === undefined ? "" : `isolation level ${isolation(isolationLevel)}`,
    readOnly ? "read only" : "",
    deferrable ? "deferrable" : "",
  ];
  await backend.query(`begin ${modes.filter(Boolean).join(", ")}`);
  try {
    const results: object[] = [];
    for (const statement of statements) results.push(await runStatement(backend, statement));
    await backend.query("commit");
    return { results };
  } catch (error) {
    await backend.query("rollback").catch(() => {});
    throw error;
  }
}

/** @throws {ProxyError} 400 for a level Neon does not know */
export function isolation(level: string): string {
  const sql = ISOLATION[level];
  if (sql === undefined) throw new ProxyError(400, "invalid isolation level");
  return sql;
}
