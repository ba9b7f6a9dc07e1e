import { setTimeout as sleep } from "node:timers/promises";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { type Client, DatabaseError } from "pg";

/**
 * Longest time that a migration waits for locks in all, milliseconds. Every request that needs a table which the migration
 * has locked, or waits for, waits as well. So its later statements wait for what the earlier ones left.
 */
const LOCK_MS = 500;
/** Maximum number of attempts of one migration: between one and two minutes beside a transaction that does not end. */
const ATTEMPTS = 60;
/** Pause before another attempt, milliseconds, and as much again by chance. Bookings get through at that time. */
const PAUSE_MS = 500;

const LOCK_NOT_AVAILABLE = "55P03";

/** The first line of a migration whose statements run one by one, as `CREATE INDEX CONCURRENTLY` needs it. */
export const OUTSIDE = "-- outside a transaction";

type Migration = ReturnType<typeof readMigrationFiles>[number];

/**
 * Applies the migrations of a folder that the database does not have, in order, and notes each where drizzle does.
 * A migration is applied whole or not at all. It gives a lock up after half a second and tries again, so that bookings go
 * on beside a long read. One that begins with {@link OUTSIDE} runs statement by statement: it must be repeatable.
 * @param gaveUp called with the number of the attempt that gave a lock up
 * @throws the database's error; for a lock that was never free, an error that names the oldest transaction
 */
export async function applyMissing(
  client: Client,
  folder: string,
  gaveUp: (attempt: number) => void = () => {},
): Promise<void> {
  await client.query("create schema if not exists drizzle");
  await client.query(
    "create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)",
  );
  const { rows } = await client.query<{ last: string | null }>(
    "select max(created_at) as last from drizzle.__drizzle_migrations",
  );
  const last = Number(rows[0]?.last ?? 0);
  for (const migration of readMigrationFiles({ migrationsFolder: folder })) {
    if (migration.folderMillis <= last) continue;
    // Such statements take no lock that bookings need. They may wait for old transactions, however long these take.
    if (migration.sql[0]?.startsWith(OUTSIDE)) await run(client, migration);
    else await applyWhole(client, migration, gaveUp);
  }
}

async function applyWhole(client: Client, migration: Migration, gaveUp: (attempt: number) => void): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query("begin");
      const end = performance.now() + LOCK_MS;
      await run(client, migration, async () => {
        const left = Math.max(1, Math.ceil(end - performance.now()));
        await client.query(`set local lock_timeout = ${left}`);
      });
      await client.query("commit");
      return;
    } catch (error) {
      await client.query("rollback");
      if (!isPassing(error)) throw error;
      if (error instanceof DatabaseError && error.code === LOCK_NOT_AVAILABLE) gaveUp(attempt);
      if (attempt === ATTEMPTS) throw await neverFree(client, error);
      await sleep(PAUSE_MS * (1 + Math.random()));
    }
  }
}

/** @param before runs before each statement */
async function run(client: Client, { sql, hash, folderMillis }: Migration, before = async () => {}): Promise<void> {
  for (const statement of sql) {
    await before();
    await client.query(statement);
  }
  await client.query("insert into drizzle.__drizzle_migrations (hash, created_at) values ($1, $2)", [
    hash,
    folderMillis,
  ]);
}

/**
 * A lock was not free. Or another database of the cluster changed the role `holdfast_app` at the same moment: Postgres then
 * fails with an internal error (XX000) that has no code of its own.
 */
function isPassing(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false;
  return error.code === LOCK_NOT_AVAILABLE || error.message.includes("tuple concurrently updated");
}

async function neverFree(client: Client, cause: unknown): Promise<Error> {
  const { rows } = await client.query<{ pid: number; name: string; began: Date }>(
    `select pid, application_name as name, xact_start as began from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null order by xact_start limit 1`,
  );
  const [oldest] = rows;
  const held = oldest
    ? ` The oldest transaction began at ${oldest.began.toISOString()} (process ${oldest.pid} "${oldest.name}"): end it with pg_terminate_backend(${oldest.pid}), or wait for it, and migrate again.`
    : " Migrate again.";
  return new Error(`A table's lock was not free in ${ATTEMPTS} attempts, and nothing was changed.${held}`, { cause });
}
