import { readFunctions } from "#dev/functions.ts";
import { connected } from "#dev/migrate.ts";

/** Names the file where a run of all tests of the database writes the uncalled functions. */
export const UNCALLED_FILE = "HOLDFAST_UNCALLED_FILE";

/** Lets PostgreSQL count the calls of functions: PL/pgSQL plans a statement only when it is reached. */
export async function countCalls(url: string): Promise<void> {
  await connected(url, async (client) => {
    await client.query("alter system set track_functions = 'all'");
    await client.query("select pg_reload_conf()");
  });
}

/**
 * The PL/pgSQL functions of this build that were called in none of the run's databases. Functions of the language SQL are
 * planned as part of what calls them, and not counted.
 * @param urlOf the owner's connection string for a database
 */
export async function uncalledFunctions(urlOf: (database: string) => string): Promise<string[]> {
  const { schema } = readFunctions();
  const databases = await connected(urlOf("postgres"), (client) =>
    client.query<{ name: string }>("select datname as name from pg_database where datname like 'test\\_%'"),
  );
  const all = await connected(urlOf("migrated"), (client) =>
    client.query<{ name: string }>(
      `select p.proname as name from pg_proc p join pg_language l on l.oid = p.prolang
       where p.pronamespace = $1::regnamespace and l.lanname = 'plpgsql'`,
      [schema],
    ),
  );
  const uncalled = new Set(all.rows.map(({ name }) => name));
  for (const { name } of databases.rows) {
    const called = await connected(urlOf(name), (client) =>
      client.query<{ name: string }>("select funcname as name from pg_stat_user_functions where schemaname = $1", [
        schema,
      ]),
    );
    for (const row of called.rows) uncalled.delete(row.name);
  }
  return [...uncalled].sort();
}
