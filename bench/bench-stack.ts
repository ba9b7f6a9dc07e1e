import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { login } from "#dev/login.ts";
import { type Stack, startStack } from "#dev/stack.ts";

/** One patient with a token, at the built Worker. */
export type Caller = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<{ status: number; body: Body; etag: string }>;
export type Body = { id?: string; slot?: { id: string }; code?: string } & Record<string, unknown>;

export interface BenchStack extends Stack {
  owner: pg.Pool;
  patients: Caller[];
  /** Free slots, soonest first, no two of them at the same time unless `sameTime`. */
  freeSlots(count: number, sameTime?: boolean): Promise<string[]>;
  /** The database's time for the Worker's statements so far, planning and execution, milliseconds. */
  databaseMs(): Promise<number>;
  /** Releases all holds, gives all patients their full holding time and budget, and lets appointments overlap. */
  reset(): Promise<void>;
}

/** PostgreSQL counts what each statement costs, its planning included (pg_stat_statements). */
const COUNTED = {
  shared_preload_libraries: "pg_stat_statements",
  "pg_stat_statements.track_planning": "on",
  "pg_stat_statements.track_utility": "off",
};

/**
 * The seeded clinic on the whole stack, with the built Worker in workerd and a number of patients logged in. With `direct`
 * they ask the Worker's own socket: miniflare's dispatch of files takes 1 to 2 ms of a request, and is not ours.
 */
export async function startBenchStack(patients: number, { direct = false } = {}): Promise<BenchStack> {
  const dataDir = await mkdtemp(join(tmpdir(), "holdfast-bench-"));
  const stack = await startStack({
    firstPort: 0,
    dataDir,
    durable: false,
    crons: false,
    redisEngine: "memory",
    postgresSettings: COUNTED,
  });
  const owner = new pg.Pool({ connectionString: stack.urls.postgres, max: 2 });
  owner.on("error", () => {});
  await owner.query("create extension if not exists pg_stat_statements");
  // No mail is sent during a measurement, and no patient uses up what they may hold, book and change.
  await owner.query(
    `update policy set quiet_seconds = 3600, max_delay_seconds = 86400, hold_minutes_per_day = 14400, change_budget = 100,
       patient_change_budget = 1000, patient_action_budget = 1000, appointments_per_patient = 200`,
  );
  // The seed's appointments must not overlap the measured ones.
  await owner.query("update appointments set overlap_allowed = true");
  await owner.query("vacuum (analyze)");
  const api = direct ? `${await stack.worker.directUrl()}/api/v1` : stack.urls.api;
  const callers: Caller[] = [];
  for (let n = 1; n <= patients; n++) {
    const { accessToken } = await login({ issuer: stack.urls.issuer, ...stack.auth, account: `patient${n}` });
    callers.push(async (method, path, body, more) => {
      const response = await fetch(`${api}${path}`, {
        method,
        headers: { Authorization: `Bearer ${accessToken}`, "Content-Type": "application/json", ...more },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const etag = response.headers.get("ETag") ?? "";
      return { status: response.status, body: (text ? JSON.parse(text) : {}) as Body, etag };
    });
  }
  return {
    ...stack,
    owner,
    patients: callers,
    async freeSlots(count, sameTime = true) {
      const { rows } = await owner.query<{ id: string }>(
        `select id from (
           select ${sameTime ? "" : "distinct on (starts_at)"} id, clinic_date, starts_at from slots
           where status = 'open' and appointment_id is null and (hold_id is null or hold_expires_at < now())
             and starts_at > now() + interval '3 days' order by starts_at, id) s
         order by clinic_date, starts_at, id limit $1`,
        [count],
      );
      if (rows.length < count) throw new Error(`There are only ${rows.length} free slots; ${count} are needed.`);
      return rows.map(({ id }) => id);
    },
    async databaseMs() {
      const { rows } = await owner.query<{ ms: number }>(
        `select coalesce(sum(total_plan_time + total_exec_time), 0)::float8 as ms from pg_stat_statements
         where toplevel and userid = 'holdfast_app'::regrole`,
      );
      return rows[0]?.ms ?? 0;
    },
    async reset() {
      await owner.query(
        `update slots set hold_id = null, held_by = null, hold_expires_at = null, hold_extensions = 0
         where hold_id is not null`,
      );
      await owner.query(
        `update patients set hold_slot_ids = '{}', hold_quota_restored_at = null, change_times = '{}'
         where hold_quota_restored_at is not null or change_times <> '{}'`,
      );
      await owner.query("update appointments set overlap_allowed = true where not overlap_allowed");
    },
    async close() {
      await owner.end();
      await stack.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The duration of `work`, milliseconds. */
export async function timed<Result>(work: () => Promise<Result>): Promise<{ ms: number; result: Result }> {
  const began = performance.now();
  const result = await work();
  return { ms: performance.now() - began, result };
}
