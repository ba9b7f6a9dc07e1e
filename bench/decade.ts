import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { migrate } from "#dev/migrate.ts";
import { startPostgres } from "#dev/postgres.ts";
import { QUARTERS, addHistory, decadeSize, fillYoungClinic } from "./decade-clinic.ts";
import { CALLS } from "./growth-calls.ts";
import { DEEPER, measureGrowth, measureHolds, measureYoung, openWork } from "./growth.ts";
import { inMs, table } from "./report.ts";

/** Cycles of hold and release. */
const CYCLES = 2_000;

/**
 * What each read and verb costs in a clinic's first quarter, and after ten years of it; what a hold costs; the storage.
 * @param share of the clinic of 60 doctors; 1 makes some 11 million rows and takes about a quarter of an hour
 */
export async function decade({ share }: { share: number }): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "holdfast-bench-"));
  const postgres = await startPostgres({
    dataDir,
    port: 0,
    durable: false,
    settings: { shared_buffers: "512MB", max_wal_size: "4GB" },
  });
  try {
    await postgres.createDatabase("decade");
    await migrate(postgres.url("decade"));
    const client = new pg.Client({ connectionString: postgres.url("decade") });
    await client.connect();
    await report(client, share);
    await client.end();
  } finally {
    await postgres.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function report(client: pg.Client, share: number): Promise<void> {
  await fillYoungClinic(client, decadeSize(share));
  const ids = await openWork(client);
  await client.query("vacuum (analyze)");
  const young = await measureYoung(client, ids);
  await addHistory(client, 2, QUARTERS);
  const old = await measureGrowth(client, ids);
  await reportStorage(client);
  const rows = CALLS.map(({ name, atMost }) => {
    const [before, after] = [young.get(name)!, old.get(name)!];
    const fits = after.blocks <= (atMost ?? 2 * before.blocks + DEEPER);
    const times = [inMs(before.milliseconds), inMs(after.milliseconds)];
    return [name, before.blocks, after.blocks, ...times, fits ? "" : "NOT met"];
  });
  table([["call", "blocks, first quarter", "blocks, ten years", "ms, first quarter", "ms, ten years", ""], ...rows]);
  const { updates, hot, walBytes } = await measureHolds(client, ids, CYCLES);
  console.log(
    `${CYCLES} cycles of hold and release: ${hot} of ${updates} updates HOT, ${walBytes} bytes of WAL a cycle`,
  );
}

/** The rows and the storage of each table, and the storage per 1,000 appointments. */
async function reportStorage(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string; rows: number; mb: number }>(
    `select relname as name, n_live_tup::float8 as rows, (pg_total_relation_size(relid) / 1e6)::float8 as mb
     from pg_stat_user_tables where schemaname = 'public' and pg_total_relation_size(relid) > 1e6
     order by pg_total_relation_size(relid) desc`,
  );
  table([["table", "rows", "MB with its indexes"], ...rows.map(({ name, rows: n, mb }) => [name, n, mb.toFixed(0)])]);
  const total = rows.reduce((sum, { mb }) => sum + mb, 0);
  const { rows: visits } = await client.query<{ count: number }>("select count(*)::int as count from appointments");
  console.log(
    `${total.toFixed(0)} MB, ${((total / (visits[0]?.count ?? 1)) * 1000).toFixed(2)} MB per 1,000 appointments\n`,
  );
}
