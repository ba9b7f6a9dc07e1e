import { connect, type Socket } from "node:net";
import { Client, Pool, type ClientConfig, type PoolClient } from "pg";

export interface Credentials {
  user: string;
  password: string;
  database: string;
}

/** A connection to Postgres, lent to one request or transaction at a time. */
export class Backend extends Client {
  /** Postgres' parameters at login, which a tunnel repeats to its client. */
  readonly parameters: [string, string][] = [];
  /** A statement may have left session state (SET, LISTEN, temporary tables, ...). */
  dirty = false;
  /** Process id and secret for a cancel request. */
  readonly key = Buffer.alloc(8);

  constructor(config?: ClientConfig) {
    super(config);
    const { connection } = this as unknown as { connection: NodeJS.EventEmitter };
    connection.on("parameterStatus", (message: { parameterName: string; parameterValue: string }) => {
      this.parameters.push([message.parameterName, message.parameterValue]);
    });
    connection.on("backendKeyData", (message: { processID: number; secretKey: number }) => {
      this.key.writeInt32BE(message.processID, 0);
      this.key.writeInt32BE(message.secretKey, 4);
    });
    // The borrower of a dead backend learns of it as well; without this listener the process would end.
    this.on("error", ignore);
  }

  get pid(): number {
    return this.key.readInt32BE(0);
  }

  get socket(): Socket {
    return (this as unknown as { connection: { stream: Socket } }).connection.stream;
  }
}

type Lent = Backend & PoolClient;

/** A pool with the connections it holds, lent ones included. */
interface Held {
  pool: Pool;
  backends: Set<Backend>;
}

const ignore = (): void => {};

/** Resolves when a socket is closed, also by an error: a backend that is killed as it writes resets its connection. */
function closed(socket: Socket): Promise<void> {
  if (socket.closed) return Promise.resolve();
  return new Promise((resolve) => void socket.once("close", () => resolve()));
}

/** Statements with these tags leave nothing behind in the session. */
const CLEAN_TAG = /^(SELECT|INSERT|UPDATE|DELETE|MERGE|BEGIN|START|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b/;
const LINGERING_CALL = /\b(set_config|pg_(try_)?advisory_lock|temp|temporary)\b/i;

/** Whether a finished statement may have changed the session it ran in. */
export function lingers(tag: string, text = ""): boolean {
  return !CLEAN_TAG.test(tag) || LINGERING_CALL.test(text);
}

/** Bounded pools of connections, one per credentials, as Neon's pooler keeps them. */
export class Upstream {
  readonly #pools = new Map<string, Held>();
  readonly #address: { host: string; port: number };
  readonly #poolSize: number;

  constructor(address: { host: string; port: number }, poolSize: number) {
    this.#address = address;
    this.#poolSize = poolSize;
  }

  /** Borrows a connection, and waits if all are lent. Rejects with Postgres' error of the login. */
  async borrow(credentials: Credentials): Promise<Lent> {
    const { pool } = this.#held(credentials);
    try {
      return (await pool.connect()) as Lent;
    } catch (error) {
      // No pools for wrong passwords and dropped databases.
      if (pool.totalCount === 0 && pool.waitingCount === 0) this.#forget(pool);
      throw error;
    }
  }

  /** Takes a connection back. One in a transaction or in an unknown state is closed; a changed session is reset. */
  async giveBack(backend: Lent, healthy: boolean): Promise<void> {
    try {
      if (healthy && backend.dirty) {
        await backend.query("discard all");
        backend.dirty = false;
      }
      backend.release(!healthy);
    } catch {
      backend.release(true);
    }
  }

  /** Asks Postgres to cancel what the backend runs; resolves when the request was delivered. */
  cancel(backend: Backend): Promise<void> {
    return new Promise((resolve) => {
      const request = Buffer.concat([Buffer.from([0, 0, 0, 16, 4, 210, 22, 46]), backend.key]);
      const socket = connect(this.#address, () => socket.write(request));
      socket.on("error", ignore);
      socket.on("close", () => resolve());
      socket.resume();
    });
  }

  /** Terminates the server processes behind all pooled connections, as a crash or an administrator would. */
  async killBackends(): Promise<number> {
    let killed = 0;
    for (const [key, held] of this.#pools) {
      const backends = [...held.backends];
      const client = new Client({ ...this.#address, ...(JSON.parse(key) as Credentials) });
      client.on("error", ignore);
      await client.connect();
      const { rows } = await client.query<{ gone: boolean }>(
        "select pg_terminate_backend(pid) as gone from unnest($1::int[]) pid",
        [backends.map((backend) => backend.pid)],
      );
      await client.end();
      // After their end is known here too, the pool lends none of them again.
      await Promise.all(backends.map(({ socket }) => closed(socket)));
      killed += rows.filter((row) => row.gone).length;
    }
    return killed;
  }

  /** Closes all connections, those in use as well. */
  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    const ended = pools.map(({ pool }) => pool.end());
    for (const { backends } of pools) for (const backend of backends) backend.socket.destroy();
    await Promise.all(ended);
  }

  #held(credentials: Credentials): Held {
    const key = JSON.stringify({
      user: credentials.user,
      password: credentials.password,
      database: credentials.database,
    });
    let held = this.#pools.get(key);
    if (!held) {
      const pool = new Pool({
        ...this.#address,
        ...credentials,
        Client: Backend,
        max: this.#poolSize,
        idleTimeoutMillis: 10_000,
        connectionTimeoutMillis: 60_000,
      });
      pool.on("error", ignore);
      const backends = new Set<Backend>();
      pool.on("connect", (client) => backends.add(client as Lent));
      pool.on("remove", (client) => backends.delete(client as Lent));
      held = { pool, backends };
      this.#pools.set(key, held);
    }
    return held;
  }

  #forget(pool: Pool): void {
    for (const [key, held] of this.#pools) if (held.pool === pool) this.#pools.delete(key);
    void pool.end();
  }
}
