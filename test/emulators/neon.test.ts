import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, neon, neonConfig, NeonDbError, Pool } from "@neondatabase/serverless";
import { drizzle as drizzleHttp } from "drizzle-orm/neon-http";
import { drizzle as drizzleServerless } from "drizzle-orm/neon-serverless";
import { eq } from "drizzle-orm";
import { integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startNeonProxy, type NeonProxy } from "#dev/neon/proxy.ts";
import { startPostgres, type Postgres } from "#dev/postgres.ts";
import { PortTakenError } from "#dev/postgres/port.ts";

let postgres: Postgres;
let proxy: NeonProxy;
let url: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-neon-"));
  postgres = await startPostgres({ dataDir: join(folder, "data"), port: 0, durable: false, password: "s3cr/t@" });
  proxy = await startNeonProxy({ port: 0, upstream: postgres });
  await postgres.createDatabase("clinic");
  // The host is a name that does not exist: only the proxy knows where Postgres is.
  url = `postgresql://postgres:${encodeURIComponent("s3cr/t@")}@db.invalid/clinic`;
  neonConfig.fetchEndpoint = proxy.httpUrl;
  neonConfig.wsProxy = proxy.wsProxy;
  neonConfig.useSecureWebSocket = false;
  await neon(url)`create table note (id int primary key, body text not null unique)`;
});

afterAll(async () => {
  await proxy?.close();
  await postgres?.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  proxy.setRtt(0);
  proxy.faults.set({});
  await neon(url)`truncate note`;
  proxy.resetStats();
});

/** How many connections of ours Postgres has, by state; our own question not counted. */
async function backendStates(): Promise<Record<string, number>> {
  const rows = await neon(url)`
    select coalesce(state, 'none') as state, count(*)::int as n from pg_stat_activity
    where datname = 'clinic' and pid <> pg_backend_pid() group by 1`;
  return Object.fromEntries(rows.map((row) => [row["state"], row["n"]]));
}

async function webSocketClient(): Promise<Client> {
  const client = new Client(url);
  client.on("error", () => {});
  await client.connect();
  return client;
}

async function rejection(promise: PromiseLike<unknown>): Promise<NeonDbError> {
  const error = await Promise.resolve(promise).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  // A broken WebSocket rejects with an ErrorEvent, everything else with an Error.
  expect(error).toBeInstanceOf(Object);
  return error as NeonDbError;
}

describe("HTTP, one statement", () => {
  test("Rows come as objects, as arrays, and with the full result", async () => {
    const sql = neon(url);
    expect(await sql`select ${7}::int as n, ${"x"} as word`).toEqual([{ n: 7, word: "x" }]);
    expect(await sql.query("select $1::int, 'y'", [8], { arrayMode: true })).toEqual([[8, "y"]]);
    const full = await sql.query("insert into note select n, 'a' || n from generate_series(1, 3) n returning id", [], {
      fullResults: true,
    });
    expect(full).toMatchObject({ command: "INSERT", rowCount: 3, rowAsArray: false });
    expect(full.rows).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    expect(full.fields).toEqual([
      expect.objectContaining({ name: "id", dataTypeID: 23, dataTypeSize: 4, columnID: 1, format: "text" }),
    ]);
    expect(await sql.query("create table made ()", [], { fullResults: true })).toMatchObject({
      command: "CREATE",
      rowCount: null,
      rows: [],
    });
  });

  test("Each type arrives as the driver documents, and so does null", async () => {
    const [row] = await neon(url)`
      select ${new Date("2026-03-29T01:30:00.123Z")}::timestamptz as instant, ${{ a: [1, "ü"] }}::jsonb as json,
             ${"018f6b1e-0000-7000-8000-000000000001"}::uuid as id, ${["a,b", 'q"', null]}::text[] as words,
             ${[1, 2]}::int[] as numbers, ${9_007_199_254_740_993n}::bigint as big, ${Buffer.from([0, 255])}::bytea as bytes,
             ${null}::text as nothing, ${true}::bool as yes, 0.5::float8 as half, 1.10::numeric as money,
             '2026-01-02'::date::text as day`;
    expect(row).toEqual({
      instant: new Date("2026-03-29T01:30:00.123Z"),
      json: { a: [1, "ü"] },
      id: "018f6b1e-0000-7000-8000-000000000001",
      words: ["a,b", 'q"', null],
      numbers: [1, 2],
      big: "9007199254740993",
      bytes: Buffer.from([0, 255]),
      nothing: null,
      yes: true,
      half: 0.5,
      money: "1.10",
      day: "2026-01-02",
    });
  });

  test("An error has all fields of Postgres' error", async () => {
    const sql = neon(url);
    await sql`insert into note values (1, 'one')`;
    const unique = await rejection(sql`insert into note values (2, 'one')`);
    expect(unique).toBeInstanceOf(NeonDbError);
    expect(unique).toMatchObject({
      message: 'duplicate key value violates unique constraint "note_body_key"',
      code: "23505",
      severity: "ERROR",
      constraint: "note_body_key",
      detail: "Key (body)=(one) already exists.",
      schema: "public",
      table: "note",
    });
    expect(await rejection(sql`insert into note values (3, null)`)).toMatchObject({ code: "23502", column: "body" });
    expect(await rejection(sql`selec 1`)).toMatchObject({ code: "42601", position: "1" });
    expect(await rejection(sql.query("select 1; select 2"))).toMatchObject({ code: "42601" });
  });

  test("Bad logins are refused like Postgres does, also when repeated", async () => {
    const wrong = url.replace(/:[^:@/]+@/, ":wrong@");
    for (let i = 0; i < 3; i++) {
      const error = await rejection(neon(wrong)`select 1`);
      expect(error).toMatchObject({ code: "28P01", message: 'password authentication failed for user "postgres"' });
    }
    expect(await rejection(neon(url.replace("/clinic", "/nowhere"))`select 1`)).toMatchObject({ code: "3D000" });
  });

  test("Requests that the driver would not send are refused with a reason", async () => {
    const post = (headers: Record<string, string>, body = '{"query":"select 1"}'): Promise<Response> =>
      fetch(proxy.httpUrl, { method: "POST", headers: { "neon-raw-text-output": "true", ...headers }, body });
    const said = async (response: Response): Promise<[number, string]> => [
      response.status,
      ((await response.json()) as { message: string }).message,
    ];
    expect(await said(await post({}))).toEqual([400, "invalid header: neon-connection-string"]);
    expect(await said(await post({ "neon-connection-string": "mysql://a:b@c/d" }))).toEqual([400, "incorrect scheme"]);
    expect((await said(await post({ "neon-connection-string": url }, "{")))[1]).toContain("could not parse");
    expect((await said(await post({ "neon-connection-string": url }, "{}")))[1]).toContain("could not parse");
    const huge = `{"query":"select 1","params":["${"x".repeat(65 * 1024 * 1024)}"]}`;
    expect(await said(await post({ "neon-connection-string": url }, huge))).toEqual([
      413,
      "request is too large (max is 67108864 bytes)",
    ]);
    expect((await fetch(proxy.httpUrl.replace("/sql", "/other"))).status).toBe(404);
  });

  test("100 requests at once share a bounded pool, and each gets its own answer", async () => {
    const sql = neon(url);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => sql`select ${i}::int as n, pg_sleep(0.01)`),
    );
    expect(answers.map(([row]) => row?.["n"])).toEqual(Array.from({ length: 100 }, (_, i) => i));
    const [row] = await sql`select count(*)::int as n from pg_stat_activity where datname = 'clinic'`;
    expect(row?.["n"]).toBeLessThanOrEqual(40);
    expect(proxy.stats()).toMatchObject({ httpRequests: 101, httpQueries: 101 });
  });

  test("Session state does not leak to the next request", async () => {
    const sql = neon(url);
    await sql`begin`;
    const before = await sql`show search_path`;
    await sql`set search_path = pg_catalog`;
    await sql`select set_config('statement_timeout', '1234', false)`;
    await sql`create temp table leftover ()`;
    const seen = await Promise.all(
      Array.from(
        { length: 10 },
        () => sql`
        select current_setting('search_path') as path, current_setting('statement_timeout') as timeout,
               to_regclass('pg_temp.leftover') as leftover`,
      ),
    );
    for (const [row] of seen) {
      expect(row).toEqual({ path: before[0]?.["search_path"], timeout: "0", leftover: null });
    }
    expect((await backendStates())["idle in transaction"]).toBeUndefined();
  });

  test("A client that disconnects cancels its statement and returns its connection", async () => {
    const aborter = new AbortController();
    const slow = neon(url, { fetchOptions: { signal: aborter.signal } })`select pg_sleep(60)`;
    const failed = rejection(slow);
    await expect.poll(async () => (await backendStates())["active"]).toBe(1);
    aborter.abort();
    await failed;
    await expect.poll(async () => (await backendStates())["active"]).toBeUndefined();
  });
});

describe("HTTP, a batch", () => {
  test("A batch runs in one transaction with the requested isolation, and is one request", async () => {
    const sql = neon(url);
    const modes = sql`select current_setting('transaction_isolation') as isolation,
      current_setting('transaction_read_only') as read_only, current_setting('transaction_deferrable') as deferrable`;
    const read = await sql.transaction([sql`select now() as n`, modes, sql`select now() as n`], {
      isolationLevel: "Serializable",
      readOnly: true,
      deferrable: true,
    });
    expect(read[1]).toEqual([{ isolation: "serializable", read_only: "on", deferrable: "on" }]);
    expect(read[0]).toEqual(read[2]);
    expect(proxy.stats()).toMatchObject({ httpRequests: 1, httpQueries: 3 });

    const plain = await sql.transaction([modes]);
    expect(plain[0]).toEqual([{ isolation: "read committed", read_only: "off", deferrable: "off" }]);
    const shaped = await sql.transaction((t) => [t`select 1 as a`, t`select 2 as b`], {
      arrayMode: true,
      fullResults: true,
    });
    expect(shaped.map((result) => result.rows)).toEqual([[[1]], [[2]]]);
  });

  test("A failing statement, a read-only violation or a failing commit rolls the whole batch back", async () => {
    const sql = neon(url);
    const insert = sql`insert into note values (1, 'batch')`;
    expect(await rejection(sql.transaction([insert, sql`select 1 / 0`]))).toMatchObject({ code: "22012" });
    expect(await rejection(sql.transaction([insert], { readOnly: true }))).toMatchObject({ code: "25006" });
    expect(await rejection(sql.transaction([insert], { isolationLevel: "Chaos" as "Serializable" }))).toMatchObject({
      message: "invalid isolation level",
    });
    await sql`create table child (note int references note deferrable initially deferred)`;
    expect(await rejection(sql.transaction([insert, sql`insert into child values (99)`]))).toMatchObject({
      code: "23503",
      table: "child",
    });
    expect(await sql`select * from note`).toEqual([]);
    await sql`drop table child`;
  });
});

describe("WebSocket", () => {
  test("An interactive transaction commits, rolls back, and continues after an error", async () => {
    const client = await webSocketClient();
    await client.query("begin");
    await client.query("insert into note values ($1, $2)", [1, "kept"]);
    await client.query("commit");
    await client.query("begin");
    await client.query("insert into note values (2, 'gone')");
    await client.query("rollback");
    await client.query("begin");
    expect(await rejection(client.query("insert into note values (3, 'kept')"))).toMatchObject({
      code: "23505",
      constraint: "note_body_key",
    });
    expect(await rejection(client.query("select 1"))).toMatchObject({ code: "25P02" });
    await client.query("rollback");
    expect((await client.query("select id from note")).rows).toEqual([{ id: 1 }]);
    await client.end();
  });

  test("The login and the first query take one turn with the driver's default, three without", async () => {
    const piped = await webSocketClient();
    expect((await piped.query("select 1 as n")).rows).toEqual([{ n: 1 }]);
    expect(proxy.stats()).toMatchObject({ wsConnections: 1, wsTurns: 1 });
    await piped.query("select $1::int", [2]);
    expect(proxy.stats().wsTurns).toBe(2);
    await piped.end();
    expect(proxy.stats().wsTurns).toBe(2);

    proxy.resetStats();
    const plain = new Client(url);
    plain.neonConfig.pipelineConnect = false;
    await plain.connect();
    expect((await plain.query("select 1 as n")).rows).toEqual([{ n: 1 }]);
    expect(proxy.stats()).toMatchObject({ wsConnections: 1, wsTurns: 3 });
    await plain.end();
  });

  test("Notices, parameters and several statements in one message pass through", async () => {
    const client = await webSocketClient();
    const notices: (string | undefined)[] = [];
    client.on("notice", (notice) => notices.push(notice.message));
    await client.query("do $$ begin raise notice 'mind the gap'; end $$");
    expect(notices).toEqual(["mind the gap"]);
    const many = (await client.query("select 1 as a; select 2 as b")) as unknown as { rows: unknown[] }[];
    expect(many.map((result) => result.rows)).toEqual([[{ a: 1 }], [{ b: 2 }]]);
    expect((await client.query({ text: "select $1::text[] as words", values: [["a", "ü"]] })).rows).toEqual([
      { words: ["a", "ü"] },
    ]);
    await client.end();
  });

  test("A large result and a large parameter survive the split into messages", async () => {
    const client = await webSocketClient();
    const big = "é".repeat(500_000);
    const { rows } = await client.query("select n, $1 || n as body from generate_series(1, 20) n", [big]);
    expect(rows).toHaveLength(20);
    expect(rows[19]).toEqual({ n: 20, body: `${big}20` });
    await client.end();
  });

  test("A wrong password or database is reported at the first query", async () => {
    const wrong = new Client(url.replace(/:[^:@/]+@/, ":wrong@"));
    wrong.on("error", () => {});
    const connected = wrong.connect().then(() => wrong.query("select 1"));
    expect(await rejection(connected)).toMatchObject({ code: "28P01" });
  });

  test("Connections are lent for a transaction: 60 idle clients need fewer backends, and no state stays", async () => {
    const clients = await Promise.all(Array.from({ length: 60 }, () => webSocketClient()));
    await Promise.all(clients.map((client) => client.query("select pg_sleep(0.01)")));
    await clients[0]?.query("set search_path = pg_catalog");
    const paths = await Promise.all(clients.map((client) => client.query("show search_path")));
    for (const path of paths) expect(path.rows[0]).toEqual({ search_path: '"$user", public' });
    const states = await backendStates();
    expect(Object.values(states).reduce((a, b) => a + b)).toBeLessThanOrEqual(40);
    await Promise.all(clients.map((client) => client.end()));
  });

  test("A client that disconnects within a transaction leaves no lock, no row and no open transaction", async () => {
    const client = await webSocketClient();
    await client.query("begin");
    await client.query("insert into note values (1, 'half')");
    const sleeping = rejection(client.query("select pg_sleep(60)"));
    await expect.poll(async () => (await backendStates())["active"]).toBe(1);
    (client as unknown as { connection: { stream: { ws: WebSocket } } }).connection.stream.ws.close();
    await sleeping;
    await expect.poll(async () => (await backendStates())["active"]).toBeUndefined();
    expect((await backendStates())["idle in transaction"]).toBeUndefined();
    await neon(url)`insert into note values (1, 'half')`;
  });

  test("A Pool runs many transactions in parallel", async () => {
    const pool = new Pool({ connectionString: url, max: 8 });
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const client = await pool.connect();
        await client.query("begin");
        await client.query("insert into note values ($1, $2)", [i, `pool ${i}`]);
        await client.query(i % 2 === 0 ? "commit" : "rollback");
        client.release();
      }),
    );
    expect((await pool.query("select count(*)::int as n from note")).rows).toEqual([{ n: 20 }]);
    await pool.end();
  });
});

describe("Drizzle", () => {
  const note = pgTable("note", { id: integer().primaryKey(), body: text().notNull() });
  const instants = pgTable("instants", { at: timestamp({ withTimezone: true, mode: "date" }) });

  test("Drizzle inserts, reads and sends a batch over HTTP", async () => {
    const db = drizzleHttp(neon(url));
    await db.insert(note).values({ id: 1, body: "drizzle" });
    expect(await db.select().from(note).where(eq(note.id, 1))).toEqual([{ id: 1, body: "drizzle" }]);
    await db.batch([db.insert(note).values({ id: 2, body: "second" }), db.delete(note).where(eq(note.id, 1))]);
    expect(await db.select().from(note)).toEqual([{ id: 2, body: "second" }]);
    expect(proxy.stats()).toMatchObject({ httpRequests: 4, httpQueries: 5 });
    await db.execute("create table instants (at timestamptz)");
    const at = new Date("2026-10-25T00:30:00Z");
    expect(await db.insert(instants).values({ at }).returning()).toEqual([{ at }]);
  });

  test("A failing Drizzle transaction over WebSocket is rolled back", async () => {
    const pool = new Pool({ connectionString: url });
    const db = drizzleServerless(pool);
    await db.transaction(async (tx) => {
      await tx.insert(note).values({ id: 1, body: "in" });
    });
    await expect(
      db.transaction(async (tx) => {
        await tx.insert(note).values({ id: 2, body: "out" });
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect(await db.select().from(note)).toEqual([{ id: 1, body: "in" }]);
    await pool.end();
  });
});

describe("the injected network", () => {
  test("A query takes one round trip over HTTP, and one more for the upgrade over WebSocket", async () => {
    const sql = neon(url);
    await sql`select 1`;
    proxy.setRtt(50);
    // Until one is as quick as it can be: a busy machine only ever adds.
    const expectBetween = async (from: number, to: number, work: () => PromiseLike<unknown>): Promise<void> => {
      const timed = async (): Promise<number> => {
        const start = performance.now();
        await work();
        const took = performance.now() - start;
        expect(took).toBeGreaterThanOrEqual(from);
        return took;
      };
      await expect.poll(timed).toBeLessThan(to);
    };
    await expectBetween(49, 100, () => sql`select 1`);
    await expectBetween(99, 200, async () => {
      const client = await webSocketClient();
      await client.query("select 1");
      void client.end();
    });
  });

  test("After a reply lost behind the commit the client sees a failure, and the row exists", async () => {
    const sql = neon(url);
    proxy.faults.set({ dropBeforeReply: () => true });
    await rejection(sql`insert into note values (1, 'http')`);
    expect(proxy.faults.fired()).toMatchObject({ exchanges: 1, droppedBeforeReply: 1 });
    proxy.faults.set({});

    const client = await webSocketClient();
    await client.query("begin");
    await client.query("insert into note values (2, 'ws')");
    proxy.faults.set({ dropBeforeReply: () => true });
    await rejection(client.query("commit"));
    expect(proxy.faults.fired()).toMatchObject({ exchanges: 1, droppedBeforeReply: 1 });
    proxy.faults.set({});
    expect(await sql`select id from note order by id`).toEqual([{ id: 1 }, { id: 2 }]);
  });

  test("A request lost on its way has no effect", async () => {
    const sql = neon(url);
    proxy.faults.set({ dropBeforeForward: (n) => n <= 2 });
    await rejection(sql`insert into note values (1, 'http')`);
    const client = new Client(url);
    client.on("error", () => {});
    await rejection(client.connect().then(() => client.query("insert into note values (2, 'ws')")));
    expect(await sql`select id from note`).toEqual([]);
    expect(proxy.faults.fired()).toMatchObject({ exchanges: 3, droppedBeforeForward: 2 });
  });

  test("The same seed breaks the same requests", async () => {
    const sql = neon(url);
    const strike = async (seed: number): Promise<boolean[]> => {
      proxy.faults.set({ dropBeforeForward: 0.3, seed });
      const struck: boolean[] = [];
      for (let i = 0; i < 40; i++)
        struck.push(
          await sql`select 1`.then(
            () => false,
            () => true,
          ),
        );
      expect(proxy.faults.fired().droppedBeforeForward).toBe(struck.filter(Boolean).length);
      return struck;
    };
    const first = await strike(7);
    expect(first.filter(Boolean).length).toBeGreaterThan(3);
    expect(await strike(7)).toEqual(first);
    expect(await strike(8)).not.toEqual(first);
  });

  test("A hung network delays a request, and one that its client aborted is not executed", async () => {
    proxy.faults.set({ hangMs: 300 });
    const start = performance.now();
    await neon(url)`select 1`;
    expect(performance.now() - start).toBeGreaterThanOrEqual(299);
    const signal = AbortSignal.timeout(50);
    await rejection(neon(url, { fetchOptions: { signal } })`insert into note values (1, 'late')`);
    // One that hangs as long, and begins later, is over: so would the other be.
    await neon(url)`select 1`;
    proxy.faults.set({});
    expect(await neon(url)`select * from note`).toEqual([]);
  });

  test("refuse cuts both wires until it is lifted", async () => {
    proxy.faults.set({ refuse: true });
    expect((await rejection(neon(url)`select 1`)).message).toContain("Error connecting to database");
    const client = new Client(url);
    client.on("error", () => {});
    await rejection(client.connect().then(() => client.query("select 1")));
    expect(proxy.faults.fired().refused).toBe(2);
    proxy.faults.set({});
    expect(await neon(url)`select 1 as n`).toEqual([{ n: 1 }]);
  });
});

describe("a failing database", () => {
  test("Killed backends fail the statements on them, and none after", async () => {
    const sql = neon(url);
    const running = rejection(sql`select pg_sleep(60)`);
    const client = await webSocketClient();
    await client.query("begin");
    const tunnelled = rejection(client.query("select pg_sleep(60)"));
    await expect.poll(async () => (await backendStates())["active"]).toBe(2);
    expect(await proxy.killBackends()).toBeGreaterThanOrEqual(2);
    expect(await running).toMatchObject({ code: "57P01" });
    expect(await tunnelled).toMatchObject({ code: "57P01" });
    await Promise.all(Array.from({ length: 20 }, () => sql`select 1`));
    const next = await webSocketClient();
    expect((await next.query("select 1 as n")).rows).toEqual([{ n: 1 }]);
    await next.end();
  });

  test("A stopped Postgres is an error, and a started one works again at once", async () => {
    const sql = neon(url);
    await postgres.stopImmediate();
    expect((await rejection(sql`select 1`)).message).toMatch(/HTTP status 500|terminat/);
    expect((await rejection(sql`select 1`)).message).toContain("HTTP status 500");
    const client = new Client(url);
    client.on("error", () => {});
    await rejection(client.connect().then(() => client.query("select 1")));
    await postgres.restart();
    expect(await sql`select 1 as n`).toEqual([{ n: 1 }]);
    const next = await webSocketClient();
    expect((await next.query("select 1 as n")).rows).toEqual([{ n: 1 }]);
    await next.end();
  });

  test("A taken port is one clear error", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const { port } = holder.address() as { port: number };
    await expect(startNeonProxy({ port, upstream: postgres })).rejects.toThrow(PortTakenError);
    holder.close();
  });
});
