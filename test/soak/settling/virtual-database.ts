import pg from "pg";
import type { Database } from "#db/client.ts";
import { openFields } from "#db/fields.ts";
import type { Statement } from "#db/transaction.ts";
import { readFunctions } from "#dev/functions.ts";
import type { TestDatabase } from "#test/support/database.ts";
import { TEST_KEYS } from "#test/support/small-clinic.ts";
import { APP_PASSWORD } from "#test/support/templates.ts";

/** A real database in which `now()` and `clock_timestamp()` say what the test says. */
export interface VirtualDatabase {
  /** The Worker's role and the Worker's SQL. */
  db: Database;
  /** The owner, in the same time. */
  admin: pg.Pool;
  setClock(epochMs: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Puts a schema with a clock of its own before pg_catalog, in every session of this database. The statements under test name
 * neither, so they read this clock. Column defaults were bound when the table was made and keep the real one.
 */
export async function openVirtualDatabase(database: TestDatabase): Promise<VirtualDatabase> {
  const owner = new pg.Client(database.url);
  await owner.connect();
  const name = pg.escapeIdentifier(database.name);
  const reads = "language sql parallel unsafe as 'select to_timestamp(last_value / 1000.0) from virtual_time.clock'";
  await owner.query(`
    create schema virtual_time;
    create sequence virtual_time.clock;
    create function virtual_time.clock_timestamp() returns timestamptz volatile ${reads};
    create function virtual_time.now() returns timestamptz stable ${reads};
    grant usage on schema virtual_time to holdfast_app;
    grant select on virtual_time.clock to holdfast_app;
    alter database ${name} set search_path = virtual_time, pg_catalog, public;
    alter database ${name} set plan_cache_mode = force_generic_plan`);
  // The functions find what they name by a path of their own.
  const { schema: functions } = readFunctions();
  const { rows } = await owner.query<{ signature: string }>(
    "select oid::regprocedure::text as signature from pg_proc where pronamespace = $1::regnamespace and prosecdef",
    [functions],
  );
  for (const { signature } of rows) {
    await owner.query(
      `alter function ${signature} set search_path = virtual_time, pg_catalog, ${functions}, public, pg_temp`,
    );
  }
  await owner.end();
  const url = new URL(database.url);
  url.username = "holdfast_app";
  url.password = APP_PASSWORD;
  const worker = new pg.Pool({ connectionString: url.href, max: 8, idleTimeoutMillis: 0 });
  const admin = new pg.Pool({ connectionString: database.url, max: 2, idleTimeoutMillis: 0 });
  const names = new Map<string, string>();
  return {
    admin,
    db: {
      functions,
      fields: openFields(TEST_KEYS),
      /** Planned once a session: most of a burst's time would otherwise go into planning the same statements. */
      async rows<Row>({ text, params }: Statement): Promise<Row[]> {
        let prepared = names.get(text);
        if (prepared === undefined) names.set(text, (prepared = `s${names.size}`));
        return (await worker.query({ text, values: [...params], name: prepared })).rows as Row[];
      },
      transaction: () => Promise.reject(new Error("nothing here takes more than one statement")),
    },
    async setClock(epochMs) {
      await admin.query({ name: "clock", text: "select setval('virtual_time.clock', $1)", values: [epochMs] });
    },
    async close() {
      await Promise.all([worker.end(), admin.end()]);
    },
  };
}
