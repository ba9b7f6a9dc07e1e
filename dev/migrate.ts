import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { Client, escapeLiteral } from "pg";
import { applyMissing } from "./migrate/apply.ts";
import { dropUnusedFunctions, installFunctions, installedFunctions, readFunctions } from "./functions.ts";

/** The folder of the migrations. */
export const MIGRATIONS = fileURLToPath(new URL("../drizzle", import.meta.url));
/** The key of the advisory lock of a migration: any number that never changes. */
const MIGRATION_LOCK = 4_653_117;

/**
 * Brings a database to this build, while Workers serve. It applies the missing files of drizzle/*.sql (dev/migrate/apply.ts).
 * It installs this build's functions beside those of other builds. It may be repeated, and may run several times at once:
 * in one database the runs wait for each other.
 * @param adminUrl the owner's connection string; with Neon the direct one, for the lock needs a session
 * @param folder of the migrations, for a rehearsal with other ones
 * @param gaveUp called with the number of each attempt that gave a lock up
 * @throws when the database is of an older build that cannot be upgraded, or a migration it has was edited since
 */
export async function migrate(
  adminUrl: string,
  folder = MIGRATIONS,
  gaveUp?: (attempt: number) => void,
): Promise<void> {
  await connected(adminUrl, async (client) => {
    await waitForOthers(client);
    await refuseStrange(client, folder);
    await applyMissing(client, folder, gaveUp);
    await installFunctions(client);
  });
}

/** Migrations are applied by number alone: an edited or unknown one would be passed over without a word. */
async function refuseStrange(client: Client, folder: string): Promise<void> {
  const known = await client.query<{ there: boolean }>(
    "select to_regclass('drizzle.__drizzle_migrations') is not null as there",
  );
  if (!known.rows[0]?.there) return;
  const applied = await client.query<{ hash: string; at: string }>(
    "select hash, created_at as at from drizzle.__drizzle_migrations",
  );
  const hashes = new Map(applied.rows.map(({ at, hash }) => [Number(at), hash]));
  const files = readMigrationFiles({ migrationsFolder: folder });
  const [first] = files;
  if (first && hashes.size > 0 && !hashes.has(first.folderMillis)) {
    throw new Error(
      "The database was made by a build of Holdfast before its first release and cannot be upgraded; locally, start " +
        "with an empty one: `npm start -- --fresh`.",
    );
  }
  for (const [index, { folderMillis, hash }] of files.entries()) {
    const before = hashes.get(folderMillis);
    if (before === undefined || before === hash) continue;
    const name = String(index).padStart(4, "0");
    throw new Error(`Migration ${name} was edited after this database had applied it; a new migration is needed.`);
  }
}

/**
 * Waits until no other run migrates the database. It asks again and again, because a statement that waits has a snapshot, and
 * `CREATE INDEX CONCURRENTLY` of the other run would wait for that in turn.
 */
async function waitForOthers(client: Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ ours: boolean }>("select pg_try_advisory_lock($1) as ours", [MIGRATION_LOCK]);
    if (rows[0]?.ours) return;
    await sleep(100);
  }
}

/**
 * Lets the Worker's role `holdfast_app` log in with this password. Before this call it cannot log in. Its rights come from
 * the migrations.
 */
export async function grantLogin(adminUrl: string, password: string): Promise<void> {
  await connected(adminUrl, (client) =>
    client.query(`alter role holdfast_app login password ${escapeLiteral(password)}`),
  );
}

/** True when there is no clinic in the database yet, migrated or not. */
export async function isEmpty(adminUrl: string): Promise<boolean> {
  return connected(adminUrl, async (client) => {
    const table = await client.query<{ there: boolean }>("select to_regclass('public.clinic') is not null as there");
    if (!table.rows[0]?.there) return true;
    return (await client.query("select from clinic")).rowCount === 0;
  });
}

/** Connects, does `work`, and disconnects in any case, which also frees the session's locks. */
export async function connected<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url });
  // A connection that dies between two statements reports here too; the statement's own error is shown.
  client.on("error", () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The innermost reason: drizzle puts the database's behind the statement, Node each address's behind no text at all. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : reasonOf(error.cause);
}

if (import.meta.main) {
  const url = process.env["DATABASE_OWNER_URL"];
  if (url === undefined || url === "") {
    console.error("DATABASE_OWNER_URL is not set: the connection string of the database's owner.");
    process.exitCode = 1;
  } else {
    try {
      const { values } = parseArgs({
        options: { "drop-unused": { type: "boolean" }, keep: { type: "string" }, list: { type: "boolean" } },
      });
      if (!values.list) {
        await migrate(url, MIGRATIONS, (attempt) => {
          console.log(`Attempt ${attempt}: a table was in use for long. Bookings go first, then the next attempt.`);
        });
        console.log(
          `The database has the newest schema, and the functions of this build in ${readFunctions().schema}.`,
        );
      }
      if (values["drop-unused"] && !values.list) {
        const keep = values.keep?.split(",") ?? [];
        const dropped = await connected(url, (client) => dropUnusedFunctions(client, keep));
        console.log(`Functions of other builds that were dropped: ${dropped.join(", ") || "none"}.`);
      }
      console.log(`Functions that are installed: ${(await connected(url, installedFunctions)).join(", ") || "none"}.`);
    } catch (error) {
      console.error(`The database was not migrated: ${reasonOf(error)}`);
      process.exitCode = 1;
    }
  }
}
