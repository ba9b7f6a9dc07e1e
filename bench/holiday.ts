import { readFunctions } from "#dev/functions.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { Queue } from "#adapters/qstash.ts";
import { type Database, openDatabase } from "#db/client.ts";
import { changeCalendar } from "#operations/change-calendar.ts";
import { previewChange } from "#operations/preview-change.ts";
import { grantLogin, migrate } from "#dev/migrate.ts";
import { startNeonProxy } from "#dev/neon/proxy.ts";
import { startPostgres } from "#dev/postgres.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import { addDays } from "#domain/clinic-time.ts";
import { runOnce } from "#jobs/reassign.ts";
import { timed } from "./bench-stack.ts";
import { fillClinic, subjectOf } from "./large-clinic.ts";
import { judged, table } from "./report.ts";
import { openFields } from "#db/fields.ts";
import { TEST_KEYS } from "#test/support/small-clinic.ts";

const DAYS_AHEAD = 10;
const CLINICS = [26, 105].map((doctors) => ({ doctors, days: 40, slotsPerDay: 32, patients: 5_000 }));

/**
 * P6, end to end: a holiday ten days ahead in clinics of 26 and 105 doctors. Six in ten of their slots on that day are
 * booked, some 500 and 2,000 appointments. Measures the preview, the call that applies it, and the job that moves the
 * appointments, over both of Neon's wires. Then checks the result in SQL.
 */
export async function holiday(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "holdfast-bench-"));
  const postgres = await startPostgres({
    dataDir: join(dataDir, "postgres"),
    port: 0,
    durable: true,
    settings: { shared_buffers: "512MB", max_wal_size: "4GB" },
  });
  const proxy = await startNeonProxy({ port: 0, upstream: postgres });
  try {
    const rows: (string | number)[][] = [
      [
        "displaced",
        "free slots within 14 days",
        "preview s",
        "applied s",
        "moved s",
        "moved",
        "to place",
        "cost over the bound",
        "faults (goal 0)",
      ],
    ];
    for (const size of CLINICS) {
      const name = `clinic_${size.doctors}`;
      const url = postgres.url(name);
      await postgres.createDatabase(name);
      await migrate(url);
      await grantLogin(url, "bench");
      const owner = new pg.Client({ connectionString: url });
      owner.on("error", () => {});
      await owner.connect();
      await fillClinic(owner, size);
      const app = new URL(url);
      [app.username, app.password] = ["holdfast_app", "bench"];
      const db = openDatabase({
        functions: readFunctions().schema,
        fields: openFields(TEST_KEYS),
        url: app.href,
        httpUrl: proxy.httpUrl,
        wsUrl: `ws://${proxy.wsProxy}`,
        timeoutMs: 60_000,
      });
      rows.push(await closeDay(owner, db));
      await owner.end();
    }
    console.log(`P6: a holiday ${DAYS_AHEAD} days ahead\n`);
    table(rows);
    const [displaced, , , applied, moved] = rows.at(-1) ?? [];
    console.log(`${displaced} moved; seconds: ${judged(Number(applied) + Number(moved), 10)}\n`);
  } finally {
    await proxy.close();
    await postgres.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function closeDay(owner: pg.Client, db: Database): Promise<(string | number)[]> {
  const caller = { subject: subjectOf("staff", 1), role: "staff", sessionVersion: null } as const;
  const { rows } = await owner.query<{ today: string; location: string }>(
    "select (now() at time zone 'Europe/Dublin')::date::text as today, id as location from locations",
  );
  const [{ today, location } = { today: "", location: "" }] = rows;
  const date = addDays(today, DAYS_AHEAD);
  const change: CalendarChange = {
    kind: "holidays-add",
    locationId: location,
    country: null,
    days: [{ date, name: "Fair" }],
    source: "staff",
  };
  const preview = await timed(() => previewChange(db, caller, change));
  if (!preview.result || !("impact" in preview.result)) throw new Error(JSON.stringify(preview.result));
  const { impact } = preview.result;
  const free = await owner.query<{ count: number }>(
    `select count(*)::int from slots where status = 'open' and appointment_id is null and clinic_date <> $1
       and abs(clinic_date - $1::date) <= 14 and starts_at > now() + interval '24 hours'`,
    [date],
  );
  const act = { caller, requestId: "bench", idempotency: null };
  const applied = await timed(() => changeCalendar(db, act, change, { previewToken: impact.token, versions: null }));
  const operationId = applied.result.kind === "done" ? applied.result.result.operationId : null;
  if (operationId === null) throw new Error(JSON.stringify(applied.result));
  /** No mail is sent here, and an unfinished run is continued below. */
  const queue: Queue = {
    publish: () => Promise.resolve(),
    verify: () => Promise.resolve(null),
    answers: () => Promise.resolve(true),
  };
  const moved = await timed(async () => {
    // The next run continues an unfinished one: here at once, in production by a message.
    for (let isDone = false; !isDone;) {
      await runOnce({ db, queue, log: () => {} }, { operationId });
      const { rows: found } = await owner.query("select phase = 'done' as done from operations where id = $1", [
        operationId,
      ]);
      isDone = found[0]?.done ?? true;
    }
  });
  const { rows: ends } = await owner.query<{ moved: number; left: number; gap: number; faults: number }>(CHECK, [
    operationId,
  ]);
  const end = ends[0];
  return [
    impact.affected,
    free.rows[0]?.count ?? 0,
    ...[preview.ms, applied.ms, moved.ms].map((ms) => (ms / 1000).toFixed(2)),
    end?.moved ?? 0,
    end?.left ?? 0,
    end?.gap ?? "",
    end?.faults ?? "",
  ];
}

/** Counts the outcomes, and appointments with two outcomes or none, in another's slot, overlapping, or inside the freeze. */
const CHECK = `
  with item as (
    select i.*, a.status, a.slot_id, a.patient_id as whose, a.starts_at, a.ends_at, s.appointment_id as sits
    from operation_items i join appointments a on a.id = i.appointment_id left join slots s on s.id = a.slot_id
    where i.operation_id = $1)
  select (select count(*)::int from item where state = 'moved') as moved,
    (select count(*)::int from item where state = 'to-place') as left,
    (select (proof ->> 'cost')::bigint - (proof ->> 'bound')::bigint from operations where id = $1)::float8 as gap,
    (select count(*)::int from item
      where state not in ('moved', 'to-place', 'cancelled')
        or (state = 'moved') <> (status = 'moved') or (state = 'to-place') <> (status = 'to-place')
        or (state = 'moved' and (sits is distinct from appointment_id or slot_id <> to_slot_id
          or starts_at <= now() + make_interval(hours => (select freeze_hours from policy))
          or exists (select from appointments o where o.patient_id = item.whose and o.id <> item.appointment_id
            and o.slot_id is not null and o.starts_at < item.ends_at and item.starts_at < o.ends_at)))
        or (state = 'to-place' and not exists (
          select from cases k where k.appointment_id = item.appointment_id and k.status = 'open'))) as faults`;
