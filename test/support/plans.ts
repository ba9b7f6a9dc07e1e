import pg from "pg";
import type { Database } from "#db/client.ts";
import type { Statement } from "#db/transaction.ts";
import type { TestDatabase } from "./database.ts";
import type { Desk } from "./small-clinic.ts";

/** PostgreSQL's work for one call. */
export interface Plans {
  /** The lines of the plans of all statements inside the functions that were called. */
  lines: string[];
  /** The time of the whole call in the database, with the logging of its plans. */
  milliseconds: number;
}

/**
 * Runs what a call of `src/db` sends, with the settings of the Worker's role, and takes it back. PostgreSQL's auto_explain
 * says how each statement inside its functions was run.
 */
export async function plansOf(
  database: TestDatabase,
  { db }: Desk,
  send: (db: Database) => Promise<unknown>,
): Promise<Plans> {
  const statements: Statement[] = [];
  const noting = { ...db, rows: async (given: Statement) => (statements.push(given), [{ answer: null }]) as never };
  await send(noting);
  if (statements.length !== 1) throw new Error(`one statement expected, ${statements.length} sent`);
  const { text, params } = statements[0]!;

  const lines: string[] = [];
  const client = new pg.Client({ connectionString: database.url });
  client.on("notice", ({ message }) => lines.push(...(message ?? "").split("\n").map((line) => line.trim())));
  await client.connect();
  try {
    const { rows } = await client.query<{ setting: string }>(
      "select unnest(rolconfig) as setting from pg_roles where rolname = 'holdfast_app'",
    );
    for (const { setting } of rows) {
      const [name, value] = setting.split("=");
      await client.query("select set_config($1, $2, false)", [name, value]);
    }
    await client.query(`load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_analyze = on;
      set auto_explain.log_timing = off; set auto_explain.log_nested_statements = on; set client_min_messages = log`);
    await client.query("begin");
    await client.query(text, [...params]);
    await client.query("rollback");
  } finally {
    await client.end();
  }
  const took = lines.flatMap((line) => /^duration: ([\d.]+) ms/.exec(line)?.[1] ?? []).map(Number);
  return { lines, milliseconds: Math.max(...took) };
}
