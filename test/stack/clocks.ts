import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { startPostgres } from "#dev/postgres.ts";
import { startWorker } from "#dev/worker.ts";

/** The clock of each part of the stack, epoch milliseconds, and how long its waits last, milliseconds. */
export interface Clocks {
  node: number;
  postgres: number;
  worker: number;
  waits: { node: number; postgres: number; worker: number };
}

const WAIT_MS = 400;
const SCRIPT = `export default {
  async fetch() {
    const now = Date.now();
    await scheduler.wait(${WAIT_MS});
    return Response.json(now);
  },
};`;

/** Asks Node, Postgres and workerd for the time, and lets each wait a moment (Postgres by its statement timeout). */
async function look(): Promise<Clocks> {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-clock-"));
  const postgres = await startPostgres({ dataDir: join(folder, "postgres"), port: 0, durable: false });
  const build = { script: SCRIPT, options: { compatibilityDate: "2026-11-01" }, crons: [], bytes: SCRIPT.length };
  const worker = await startWorker({ build, port: 0, env: {} });
  const client = new pg.Client({ connectionString: postgres.url() });
  try {
    await client.connect();
    const { rows } = await client.query<{ now: number }>(
      "select (extract(epoch from clock_timestamp()) * 1000)::float8 as now",
    );
    const node = Date.now();
    await client.query(`set statement_timeout = ${WAIT_MS}`);
    const waits = {
      node: await timed(() => sleep(WAIT_MS)),
      postgres: await timed(() => client.query("select pg_sleep(20)").catch(() => undefined)),
      worker: 0,
    };
    let seen = 0;
    waits.worker = await timed(async () => {
      seen = (await (await fetch(worker.url)).json()) as number;
    });
    return { node, postgres: rows[0]!.now, worker: seen, waits };
  } finally {
    await client.end();
    await worker.close();
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

console.log(JSON.stringify(await look()));
