import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { buildAll } from "#dev/build.ts";
import { login } from "#dev/login.ts";
import { migrate } from "#dev/migrate.ts";
import { startPostgres } from "#dev/postgres.ts";
import { startStack } from "#dev/stack.ts";
import { loadSecrets } from "#dev/stack/secrets.ts";
import { DATABASE } from "#dev/stack/settings.ts";
import { HEAP_MB, type WorkerLog } from "#dev/worker.ts";
import { addDays } from "#domain/clinic-time.ts";
import { timed } from "./bench-stack.ts";
import { fillClinic, subjectOf } from "./large-clinic.ts";
import { table } from "./report.ts";
import { cpuOf, traceHeap } from "./workerd.ts";

/** Long enough for the message after 15 s that continues an unfinished run. */
const PATIENCE_MS = 60_000;
const FIRST_DAY = 10;

/**
 * P6 within the Worker's limits, in a clinic of 105 doctors of one specialty. Days are closed one after the other, each with
 * some 2,000 appointments that need the same free slots. The requests go to the built Worker in workerd, with Cloudflare's
 * limit on its heap. No cron runs, so unfinished work would stay unfinished.
 */
export async function isolate({ rounds }: { rounds: number }): Promise<void> {
  const heap = traceHeap();
  const said: WorkerLog[] = [];
  const stack = await largeStack((line) => {
    heap.read(line);
    said.push(line);
  });
  const owner = new pg.Client({ connectionString: stack.urls.postgres });
  owner.on("error", () => {});
  try {
    await owner.connect();
    const { accessToken } = await login({ issuer: stack.urls.issuer, ...stack.auth, account: "staff1" });
    const call = async (path: string, body: object) => {
      const response = await fetch(`${stack.urls.api}${path}`, {
        method: "POST",
        headers: { Authorization: `Bearer ${accessToken}`, "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
      return {
        link: response.headers.get("Link"),
        body: (await response.json()) as { token: string; affected: number },
      };
    };
    const { rows: found } = await owner.query<{ today: string; locationId: string }>(
      `select (now() at time zone 'Europe/Dublin')::date::text as today, id as "locationId" from locations`,
    );
    const [{ today, locationId } = { today: "", locationId: "" }] = found;
    const rows: (string | number)[][] = [
      ["displaced", "preview s", "CPU s", "heap MB", "applied s", "all moved s", "CPU s", "heap MB", "runs", "moved"],
    ];
    for (let round = 0; round < rounds; round++) {
      const day = { date: addDays(today, FIRST_DAY + round), name: "Fair", locationId };
      await heap.peak();
      const cpu = [cpuOf(stack.worker.pid)];
      const preview = await timed(() => call("/holidays/preview", day));
      cpu.push(cpuOf(stack.worker.pid));
      const previewHeap = await heap.peak();
      said.length = 0;
      const { token, affected } = preview.result.body;
      const applied = await timed(() => call("/holidays", { ...day, previewToken: token }));
      const operationId = /operations\/([^>]+)/.exec(applied.result.link ?? "")?.[1];
      const moved = await timed(() => whenDone(owner, operationId ?? ""));
      cpu.push(cpuOf(stack.worker.pid));
      if (!moved.result) {
        const state = await owner.query("select phase, attempts, lease_until, now() from operations where id = $1", [
          operationId,
        ]);
        const own = said.filter(({ message }) => message.startsWith("{") || !message.startsWith("["));
        console.log(JSON.stringify(state.rows));
        for (const { timestamp, message } of own) console.log(new Date(timestamp).toISOString(), message);
      }
      const seconds = [preview.ms, applied.ms, moved.ms].map((ms) => (ms / 1000).toFixed(2));
      const [before = 0, between = 0, after = 0] = cpu;
      rows.push([
        affected,
        seconds[0] ?? "",
        ((between - before) / 1000).toFixed(2),
        previewHeap.toFixed(0),
        seconds[1] ?? "",
        moved.result ? (seconds[2] ?? "") : `not after ${seconds[2]}`,
        ((after - between) / 1000).toFixed(2),
        (await heap.peak()).toFixed(0),
        moved.result?.runs ?? "",
        moved.result?.moved ?? "",
      ]);
    }
    console.log(`P6 in workerd, its heap limited to ${HEAP_MB} MB; one specialty\n`);
    table(rows);
  } finally {
    await owner.end();
    await stack.close();
    await rm(stack.dataDir, { recursive: true, force: true });
  }
}

/** The outcome of an operation and its number of runs; undefined if it has not ended within a minute. */
async function whenDone(owner: pg.Client, id: string): Promise<{ runs: number; moved: number } | undefined> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(50)) {
    const { rows } = await owner.query<{ runs: number; moved: number }>(
      `select attempts as runs, (select count(*)::int from operation_items i where i.operation_id = o.id and i.state = 'moved')
         as moved from operations o where o.id = $1 and o.phase = 'done'`,
      [id],
    );
    if (rows[0]) return rows[0];
  }
  return undefined;
}

/** The whole stack over a clinic with some 2,000 appointments a day, all of one specialty; staff1 can log in. */
async function largeStack(onLog: (line: WorkerLog) => void) {
  const dataDir = await mkdtemp(join(tmpdir(), "holdfast-bench-"));
  const { ownerPassword: password } = await loadSecrets(join(dataDir, "secrets.json"));
  const postgres = await startPostgres({ dataDir: join(dataDir, "postgres"), port: 0, password, durable: true });
  try {
    await postgres.createDatabase(DATABASE);
    await migrate(postgres.url(DATABASE));
    const owner = new pg.Client({ connectionString: postgres.url(DATABASE) });
    await owner.connect();
    await fillClinic(owner, { doctors: 105, days: 40, slotsPerDay: 32, patients: 5_000 });
    await owner.query("update doctors set specialty = 'General'");
    await owner.query("update people set subject = 'auth0|staff1' where subject = $1", [subjectOf("staff", 1)]);
    await owner.end();
  } finally {
    await postgres.close();
  }
  await buildAll();
  const stack = await startStack({ firstPort: 0, dataDir, crons: false, redisEngine: "memory", onLog });
  return { ...stack, dataDir };
}
