import { readFunctions } from "#dev/functions.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type Database, openDatabase } from "#db/client.ts";
import { type AvailabilityFilter, readAvailability } from "#db/queries/availability.ts";
import { grantLogin, migrate } from "#dev/migrate.ts";
import { startNeonProxy } from "#dev/neon/proxy.ts";
import { startPostgres } from "#dev/postgres.ts";
import { timed } from "./bench-stack.ts";
import { LARGE, SMALL, fillClinic, subjectOf } from "./large-clinic.ts";
import { planOf, readWhole, rowsRead } from "./plan.ts";
import { inMs, judged, quantile, table } from "./report.ts";
import { openFields } from "#db/fields.ts";
import { TEST_KEYS } from "#test/support/small-clinic.ts";

const GOAL = 1.3;

interface Clinic {
  db: Database;
  /** The owner's connection, for plans. */
  owner: pg.Client;
  /** The doctor whose week is read. */
  doctorId: string;
  slots: number;
}

/**
 * P5: the availability statement over Neon's HTTP wire in a clinic of 500 doctors (1.44 million slots). It takes turns with
 * a clinic of five doctors. `folder` keeps the two clinics for later runs.
 */
export async function availability({ runs, folder }: { runs: number; folder: string | undefined }): Promise<void> {
  const dataDir = folder ?? (await mkdtemp(join(tmpdir(), "holdfast-bench-")));
  const postgres = await startPostgres({
    dataDir: join(dataDir, "postgres"),
    port: 0,
    durable: false,
    settings: { shared_buffers: "512MB", max_wal_size: "4GB" },
  });
  const proxy = await startNeonProxy({ port: 0, upstream: postgres });
  const clinics: Record<string, Clinic> = {};
  try {
    for (const [name, size] of Object.entries({ small: SMALL, large: LARGE })) {
      const url = postgres.url(name);
      const isNew = await postgres.createDatabase(name);
      await migrate(url);
      await grantLogin(url, "bench");
      const owner = new pg.Client({ connectionString: url });
      await owner.connect();
      if (isNew) {
        const { ms } = await timed(() => fillClinic(owner, size));
        console.log(`${name} clinic made in ${(ms / 1000).toFixed(0)} s`);
      }
      const { rows } = await owner.query<{ slots: number; doctor: string }>(
        "select count(*)::int as slots, (select id from doctors order by name limit 1) as doctor from slots",
      );
      const app = new URL(url);
      [app.username, app.password] = ["holdfast_app", "bench"];
      const db = openDatabase({
        url: app.href,
        httpUrl: proxy.httpUrl,
        functions: readFunctions().schema,
        fields: openFields(TEST_KEYS),
        timeoutMs: 60_000,
      });
      clinics[name] = { db, owner, doctorId: rows[0]?.doctor ?? "", slots: rows[0]?.slots ?? 0 };
    }
    const { small, large } = clinics;
    if (!small || !large) return;
    const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const questions: Record<string, (clinic: Clinic) => Omit<AvailabilityFilter, "limit">> = {
      "a doctor's week": ({ doctorId }) => ({ doctorId }),
      "everybody's week": () => ({}),
      "everybody's week, 80 days ahead": () => ({ from: day(80) }),
      "a week beyond the last slot": () => ({ from: day(100) }),
      "a specialty's week (1 doctor of 5, 25 of 500)": () => ({ specialty: "Specialty 3" }),
    };
    const caller = { subject: subjectOf("patient", 7), role: "patient", sessionVersion: null } as const;
    const rows: (string | number)[][] = [
      ["question", "small p50", "small p95", "large p50", "large p95", "p95 large / small"],
    ];
    for (const [name, question] of Object.entries(questions)) {
      const [few, many]: [number[], number[]] = [[], []];
      for (let run = -10; run < runs; run++) {
        for (const [clinic, times] of [
          [small, few],
          [large, many],
        ] as const) {
          const { ms } = await timed(() => readAvailability(clinic.db, caller, { limit: 200, ...question(clinic) }));
          if (run >= 0) times.push(ms);
        }
      }
      const p95 = [quantile(few, 0.95), quantile(many, 0.95)] as const;
      rows.push([
        name,
        inMs(quantile(few, 0.5)),
        inMs(p95[0]),
        inMs(quantile(many, 0.5)),
        inMs(p95[1]),
        judged(p95[1] / p95[0], GOAL),
      ]);
    }
    console.log(`P5: ${runs} of each, ms; ${small.slots} slots and ${large.slots} slots\n`);
    table(rows);
    await plans(
      { small, large },
      (clinic, name) => (db) => readAvailability(db, caller, { limit: 200, ...questions[name]?.(clinic) }),
      Object.keys(questions),
    );
  } finally {
    for (const { owner } of Object.values(clinics)) await owner.end();
    await proxy.close();
    await postgres.close();
    if (folder === undefined) await rm(dataDir, { recursive: true, force: true });
  }
}

/** The rows that the plans of these statements read, which do not depend on the machine's load. */
async function plans(
  { small, large }: Record<"small" | "large", Clinic>,
  ask: (clinic: Clinic, name: string) => (db: Database) => Promise<unknown>,
  names: string[],
): Promise<void> {
  const rows: (string | number)[][] = [
    ["question", "indexes of slots, large", "rows read, small", "rows read, large", "read whole, large"],
  ];
  for (const name of names) {
    const [few, many] = [await planOf(small.owner, ask(small, name)), await planOf(large.owner, ask(large, name))];
    const ofSlots = many.filter((node) => node["Index Name"]?.startsWith("slots_"));
    const indexes = new Set(ofSlots.map((node) => `${node["Index Name"]} (${node["Node Type"]})`));
    rows.push([
      name,
      [...indexes].join(", "),
      rowsRead(few),
      rowsRead(many),
      [...new Set(readWhole(many))].sort().join(", ") || "nothing",
    ]);
  }
  console.log("Plans (explain analyze): rows of slots, appointments, audit, patients and people that were read\n");
  table(rows);
}
