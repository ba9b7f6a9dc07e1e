import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { openDatabase, type Database } from "#db/client.ts";
import { failureOf } from "#db/errors.ts";
import { type NeonProxy, startNeonProxy } from "#dev/neon/proxy.ts";
import pg from "pg";
import { createTestDatabase } from "../support/database.ts";
import { openFields } from "#db/fields.ts";
import { TEST_KEYS } from "#test/support/small-clinic.ts";

const database = await createTestDatabase();
const upstream = inject("stack").postgres;

let proxy: NeonProxy;
let admin: pg.Pool;
let db: Database;

beforeEach(async () => {
  proxy = await startNeonProxy({ port: 0, upstream });
  admin = new pg.Pool({ connectionString: database.url, max: 1 });
  await admin.query("create table if not exists t (n int primary key); truncate t");
  // More patience than a busy machine needs: what breaks here breaks by itself.
  db = patient(20_000);
});
afterEach(async () => {
  await admin.end();
  await proxy.close();
});

const patient = (timeoutMs: number) =>
  openDatabase({
    url: database.url,
    httpUrl: proxy.httpUrl,
    wsUrl: `ws://${proxy.wsProxy}`,
    functions: "public",
    fields: openFields(TEST_KEYS),
    timeoutMs,
  });
const rows = async () => (await admin.query<{ n: number }>("select n from t order by n")).rows.map(({ n }) => n);
const insert = (n: number) => ({ text: "insert into t values ($1)", params: [n] });
const one = { text: "select 1 as one", params: [] };
/** Backends of this database other than our own that are in a transaction. */
const open = async () =>
  (
    await admin.query(
      `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
       and state like 'idle in transaction%'`,
    )
  ).rowCount;

async function failure(work: Promise<unknown>): Promise<{ kind: string | undefined; error: Error }> {
  const error = await work.then(
    () => new Error("it did not fail"),
    (reason: Error) => reason,
  );
  return { kind: failureOf(error)?.kind, error };
}

describe("a transaction over the WebSocket", () => {
  test("A transaction is all or nothing, and returns the result of its work", async () => {
    const result = await db.transaction(async (tx) => {
      await tx.rows(insert(1));
      return (await tx.rows<{ n: number }>({ text: "select n from t", params: [] }))[0]?.n;
    });
    expect(result).toBe(1);
    const own = new Error("changed my mind");
    const { error } = await failure(
      db.transaction(async (tx) => {
        await tx.rows(insert(2));
        throw own;
      }),
    );
    expect(error).toBe(own);
    expect(await rows()).toEqual([1]);
    await expect.poll(open).toBe(0);
  });

  test("A transaction names the constraint that a statement violated, and is rolled back", async () => {
    const { kind } = await failure(
      db.transaction(async (tx) => {
        await tx.rows(insert(1));
        await tx.rows(insert(1));
      }),
    );
    expect(kind).toBe("conflict");
    expect(await rows()).toEqual([]);
    await expect.poll(open).toBe(0);
  });

  test("A transaction whose work continued after a failed statement is not taken as committed", async () => {
    const { error } = await failure(
      db.transaction(async (tx) => {
        await tx.rows(insert(1));
        await tx.rows(insert(1)).catch(() => undefined);
      }),
    );
    expect(error.message).toContain("answered ROLLBACK");
    expect(await rows()).toEqual([]);
  });

  test.each(["dropBeforeForward", "dropBeforeReply"] as const)(
    "A transaction whose connection breaks at a statement (%s) may be tried again, at its COMMIT is unavailable, and leaves nothing open",
    async (fault) => {
      // After login with BEGIN: two statements, COMMIT.
      for (let turn = 2; turn <= 4; turn++) {
        proxy.faults.set({ [fault]: (n: number) => n === turn });
        const { kind } = await failure(
          db.transaction(async (tx) => {
            await tx.rows(insert(turn));
            await tx.rows(one);
          }),
        );
        expect({ turn, kind }).toEqual({ turn, kind: turn === 4 ? "unavailable" : "retry" });
        expect(proxy.faults.fired().droppedBeforeForward + proxy.faults.fired().droppedBeforeReply).toBe(1);
        await expect.poll(open).toBe(0);
      }
      // Only where the answer to its COMMIT was lost is the transaction there.
      expect(await rows()).toEqual(fault === "dropBeforeReply" ? [4] : []);
    },
  );

  test.each(["dropBeforeForward", "dropBeforeReply"] as const)(
    "A transaction whose connection breaks before it has begun (%s) is done once, on another connection",
    async (fault) => {
      proxy.faults.set({ [fault]: (n: number) => n === 1 });
      await db.transaction((tx) => tx.rows(insert(1)));
      const { droppedBeforeForward, droppedBeforeReply } = proxy.faults.fired();
      expect(droppedBeforeForward + droppedBeforeReply).toBe(1);
      expect(await rows()).toEqual([1]);
      await expect.poll(open).toBe(0);
      proxy.faults.set({ [fault]: (n: number) => n <= 2 });
      expect((await failure(db.transaction((tx) => tx.rows(insert(2))))).kind).toBe("unavailable");
      expect(await rows()).toEqual([1]);
    },
  );

  test("An answer that came while the isolate was busy computing is not taken for lost, over either wire", async () => {
    const compute = (ms: number): void => {
      for (const end = performance.now() + ms; performance.now() < end;);
    };
    const answer = patient(400).transaction(async (tx) => {
      const waiting = tx.rows<{ one: number }>({ text: "select 1 as one", params: [] });
      compute(600);
      return waiting;
    });
    expect(await answer).toEqual([{ one: 1 }]);
    const waiting = patient(400).rows({ text: "select 2 as two", params: [] });
    compute(600);
    expect(await waiting).toEqual([{ two: 2 }]);
    // It computes again as soon as the time is over, before it has heard anything.
    const again = patient(400).transaction(async (tx) => {
      const answered = tx.rows<{ three: number }>({ text: "select 3 as three", params: [] });
      setTimeout(() => compute(600), 405);
      compute(600);
      return answered;
    });
    expect(await again).toEqual([{ three: 3 }]);
  });

  test("A transaction without a connection, or without an answer in time, is unavailable", async () => {
    for (const plan of [{ refuse: true }, { hangMs: 1_500 }]) {
      proxy.faults.set(plan);
      const { kind } = await failure(patient(500).transaction((tx) => tx.rows(one)));
      expect({ plan, kind }).toEqual({ plan, kind: "unavailable" });
      proxy.faults.set({});
      await expect.poll(open).toBe(0);
    }
    expect(await db.transaction((tx) => tx.rows(one))).toEqual([{ one: 1 }]);
  });
});
