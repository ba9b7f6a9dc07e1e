import type { Client } from "pg";
import { readFunctions } from "#dev/functions.ts";
import { CALLS, type GrowthCall, IDS } from "./growth-calls.ts";
import { subjectOf } from "./large-clinic.ts";

/** What one call costs the database. */
export interface Cost {
  /** Pages of 8 kB that it read, from memory or not. The machine's load does not change them. */
  blocks: number;
  milliseconds: number;
}

/** Blocks that a call may read beyond twice its number: each of a dozen indexes may be a level deeper. */
export const DEEPER = 12;

/** Ids by their name in {@link IDS}, equal before and after history is added. */
export type Ids = Record<string, string>;

/** Opens work of today in a young clinic: two cases, two tasks, two feeds. Returns the ids that the calls name. */
export async function openWork(client: Client): Promise<Ids> {
  await client.query(`
    with lost as (
      update slots s set appointment_id = null, status = 'closed', closed_by = 'staff' from slots b
      where s.id = b.id and s.id in (select x.id from slots x where x.appointment_id is not null
        and x.clinic_date > current_date + 10 order by x.starts_at, x.id limit 2)
      returning b.appointment_id as id),
    displaced as (
      update appointments a set status = 'to-place', slot_id = null from lost where a.id = lost.id returning a.id, a.starts_at)
    insert into cases (appointment_id, reason, request_id, due_at) select id, 'absence', 'today', starts_at from displaced;
    insert into tasks (kind, patient_id) select 'mail-refused', id from patients order by number limit 2;
    update people set administrator = true where role = 'staff'`);
  const ids: Ids = {};
  for (const [name, text] of Object.entries(IDS)) {
    const { rows } = await client.query<{ id: string }>(filled(text, ids));
    if (!rows[0]) throw new Error(`The young clinic has no ${name}.`);
    ids[name] = rows[0].id;
  }
  await client.query(
    "insert into calendar_feeds (patient_id, secret_hash) values ($1, decode(repeat('0a', 32), 'hex'))",
    [ids["patient"]],
  );
  await client.query(
    "insert into calendar_feeds (doctor_id, secret_hash) values ($1, decode(repeat('0b', 32), 'hex'))",
    [ids["doctor"]],
  );
  return ids;
}

/**
 * Runs every call with the settings of the Worker's role. Each runs three times in a transaction that is rolled back. The
 * least of the last two counts, because the first fills the session's caches.
 */
export async function measureGrowth(client: Client, ids: Ids, calls = CALLS): Promise<Map<string, Cost>> {
  const { rows } = await client.query<{ setting: string }>(
    "select unnest(rolconfig) as setting from pg_roles where rolname = 'holdfast_app'",
  );
  for (const { setting } of rows) {
    const [name, value] = setting.split("=");
    await client.query("select set_config($1, $2, false)", [name, value]);
  }
  await client.query("set statement_timeout = '60s'");
  const costs = new Map<string, Cost>();
  for (const one of calls) {
    await costOf(client, one, ids);
    const [second, third] = [await costOf(client, one, ids), await costOf(client, one, ids)];
    costs.set(one.name, second.blocks <= third.blocks ? second : third);
  }
  return costs;
}

/**
 * The same in a young clinic. Its tables may be so small that reading one whole costs less than finding rows by index. So the
 * greater of the two counts: the cost by index is what must not grow.
 */
export async function measureYoung(client: Client, ids: Ids): Promise<Map<string, Cost>> {
  const free = await measureGrowth(client, ids);
  await client.query("set enable_seqscan = off; discard plans");
  const byIndex = await measureGrowth(client, ids);
  await client.query("reset enable_seqscan; discard plans");
  return new Map(
    [...free].map(([name, cost]) => [name, byIndex.get(name)!.blocks > cost.blocks ? byIndex.get(name)! : cost]),
  );
}

async function costOf(client: Client, { name, by, args, first }: GrowthCall, ids: Ids): Promise<Cost> {
  const { schema } = readFunctions();
  await client.query("begin");
  try {
    const known: Ids = { ...ids };
    if (first !== undefined) {
      const { rows } = await client.query<{ id: string | null }>(
        `select ${schema}.${filled(first, known)} #>> '{result,id}' as id`,
      );
      if (!rows[0]?.id) throw new Error(`${name}: the call before it was refused.`);
      known["hold"] = rows[0].id;
    }
    const given = [by === "system" ? "" : callerOf(by, ids), filled(args, known)]
      .filter((part) => part !== "")
      .join(", ");
    const { rows } = await client.query<{ "QUERY PLAN": [Explained] }>(
      `explain (analyze, buffers, timing off, format json) select ${schema}.${name.split(" ")[0]}(${given})`,
    );
    const explained = rows[0]?.["QUERY PLAN"][0];
    if (!explained) throw new Error("no plan was answered");
    return {
      blocks: explained.Plan["Shared Hit Blocks"] + explained.Plan["Shared Read Blocks"],
      milliseconds: explained["Execution Time"],
    };
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  } finally {
    await client.query("rollback");
  }
}

/** The output of EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON), as far as it is needed. */
interface Explained {
  Plan: { "Shared Hit Blocks": number; "Shared Read Blocks": number };
  "Execution Time": number;
}

const callerOf = (by: "staff" | "patient" | "doctor", ids: Ids): string =>
  `row('${by === "patient" ? ids["subject"] : subjectOf(by, 1)}', '${by}', null, 'growth', null, null, null, null)::${readFunctions().schema}.caller`;

function filled(text: string, ids: Ids): string {
  return text.replaceAll(/(?<!:):([a-z_]+)/g, (_, name: string) => {
    if (name === "patient_caller") return callerOf("patient", ids);
    const id = ids[name];
    if (id === undefined) throw new Error(`There is no id named ${name}.`);
    return `'${id}'::uuid`;
  });
}

/** What cycles of hold and release did to the table of slots. */
export interface HoldCost {
  updates: number;
  /** Updates that changed no index (PostgreSQL, "Heap-Only Tuples"). */
  hot: number;
  /** Write-ahead log of one cycle, bytes. */
  walBytes: number;
}

/** Holds and releases the slot that `ids` call free, `cycles` times, each verb committed on its own. */
export async function measureHolds(client: Client, ids: Ids, cycles: number): Promise<HoldCost> {
  const { schema } = readFunctions();
  const updates = async (): Promise<{ updates: number; hot: number }> => {
    await client.query("select pg_stat_force_next_flush()");
    const { rows } = await client.query<{ updates: number; hot: number }>(
      "select n_tup_upd::int as updates, n_tup_hot_upd::int as hot from pg_stat_user_tables where relname = 'slots'",
    );
    return rows[0] ?? { updates: 0, hot: 0 };
  };
  // No limit of the policy ends the cycles.
  await client.query("update policy set hold_minutes_per_day = 14400, hold_seconds = 1");
  const before = await updates();
  const { rows: start } = await client.query<{ lsn: string }>("select pg_current_wal_insert_lsn() as lsn");
  for (let cycle = 0; cycle < cycles; cycle++) {
    const { rows } = await client.query<{ id: string | null }>(
      `select ${schema}.${filled("hold_slot(:patient_caller, null, :free, null, null)", ids)} #>> '{result,id}' as id`,
    );
    if (!rows[0]?.id) throw new Error(`The hold of cycle ${cycle} was refused.`);
    await client.query(`select ${schema}.release_hold(${callerOf("patient", ids)}, '${rows[0].id}')`);
  }
  const { rows: wal } = await client.query<{ bytes: number }>(
    "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1)::float8 as bytes",
    [start[0]?.lsn],
  );
  const after = await updates();
  return {
    updates: after.updates - before.updates,
    hot: after.hot - before.hot,
    walBytes: Math.round((wal[0]?.bytes ?? Number.NaN) / cycles),
  };
}
