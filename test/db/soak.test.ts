import { expect, inject, test } from "vitest";
import { startNeonProxy } from "#dev/neon/proxy.ts";
import { type Findings, judge } from "#test/soak/judge.ts";
import { type Entry, type SoakReport, soak } from "#test/soak/soak.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { type Desk, openDesk } from "#test/support/small-clinic.ts";

const OPERATIONS = Number(process.env["SOAK_OPERATIONS"] ?? 3_000);
const CLIENTS = 64;
const SEED = Number(process.env["SOAK_SEED"] ?? 4);
const TIME = { timeout: 60_000 + OPERATIONS * 30 };

const NOTHING: Findings = {
  doubleBookings: 0,
  overlappingSlots: 0,
  patientOverlaps: 0,
  halves: 0,
  lostOrPhantom: [],
  unknown: 0,
  disagreements: [],
  deadlocks: 0,
};

/** One run on a database and through a proxy of its own; `look` at the end, while they are still there. */
async function run(
  options: { operations: number; cut: number; killEveryMs: number; dropGuards?: string[] },
  look: (report: SoakReport, desk: Desk) => Promise<void> | void,
): Promise<void> {
  const database = await createTestDatabase({ template: "migrated" });
  const proxy = await startNeonProxy({ port: 0, upstream: inject("stack").postgres });
  const desk = openDesk(database, proxy.httpUrl);
  try {
    for (const guard of options.dropGuards ?? []) await desk.admin.query(guard);
    const report = await soak({ ...desk, ...options, proxy, clients: CLIENTS, seed: SEED });
    const { log: _, ...shown } = report;
    if (process.env["SOAK_REPORT"]) process.stdout.write(`${JSON.stringify({ seed: SEED, ...shown }, null, 1)}\n`);
    await look(report, desk);
  } finally {
    await proxy.close();
    await desk.close();
  }
}

test(
  `${OPERATIONS} mixed operations by ${CLIENTS} clients over a breaking wire: nothing booked twice, nothing lost`,
  TIME,
  async () => {
    await run({ operations: OPERATIONS, cut: 0.01, killEveryMs: 2_000 }, async (report, { admin }) => {
      expect(report).toMatchObject({ ...NOTHING, faults: [] });
      // The faults struck, and enough was going on for them to matter.
      expect(report.cuts.beforeForward).toBeGreaterThan(OPERATIONS / 1000);
      expect(report.cuts.beforeReply).toBeGreaterThan(OPERATIONS / 1000);
      expect(report.killed).toBeGreaterThan(0);
      expect(report.retried).toBeGreaterThan(OPERATIONS / 100);
      for (const name of ["hold", "appointment.confirm", "appointment.reschedule", "appointment.cancel"]) {
        expect(report.done[name]).toBeGreaterThan(OPERATIONS / 300);
      }
      await expectLiesToBeSeen(admin, report.log);
    });
  },
);

test("with the guards on slots dropped the locks alone book nothing twice", TIME, async () => {
  const dropGuards = ['alter table slots drop constraint "slots_no_overlap"', 'drop index "appointments_one_per_slot"'];
  const operations = Math.ceil(OPERATIONS / 3);
  await run({ operations, cut: 0.01, killEveryMs: 2_000, dropGuards }, (report) => {
    expect(report).toMatchObject({ ...NOTHING, faults: [] });
    expect(report.done["appointment.confirm"]).toBeGreaterThan(operations / 300);
  });
});

/** A judge who finds nothing must be one who can: each lie in the log or in the rows is found. */
async function expectLiesToBeSeen(admin: Desk["admin"], log: readonly Entry[]): Promise<void> {
  const confirmed = log.findIndex(({ name, said }) => name === "appointment.confirm" && said === "done");
  const entry = log[confirmed];
  if (!entry?.answer) throw new Error("nothing was confirmed");
  const instead = (lie: Partial<Entry>): Entry[] => log.map((one, n) => (n === confirmed ? { ...one, ...lie } : one));
  const lies: [keyof Findings, Entry[]][] = [
    ["lostOrPhantom", instead({ said: "refused", answer: null })],
    ["lostOrPhantom", instead({ requestId: "never sent" })],
    ["lostOrPhantom", log.filter((_, n) => n !== confirmed)],
    ["lostOrPhantom", [...log, { ...entry, requestId: "never written" }]],
    ["disagreements", instead({ answer: { ...entry.answer, version: 99 } })],
    ["disagreements", instead({ answer: { ...entry.answer, id: crypto.randomUUID() } })],
    ["unknown", instead({ said: "unknown" })],
  ];
  for (const [finding, lie] of lies)
    expect({ finding, found: await judge(admin, lie) }).not.toMatchObject({ found: NOTHING });
  const damage: [keyof Findings, string][] = [
    [
      "halves",
      "update slots set appointment_id = null where appointment_id = (select id from appointments where slot_id is not null limit 1)",
    ],
    ["disagreements", "update outbox set version = version + 1 where ctid = (select ctid from outbox limit 1)"],
    ["disagreements", "delete from outbox where ctid = (select ctid from outbox limit 1)"],
    [
      "disagreements",
      "update appointments set version = version + 1 where ctid = (select ctid from appointments limit 1)",
    ],
  ];
  for (const [finding, statement] of damage) {
    await admin.query(statement);
    const found = await judge(admin, log);
    expect({ finding, clean: JSON.stringify(found[finding]) === JSON.stringify(NOTHING[finding]) }).toEqual({
      finding,
      clean: false,
    });
  }
}
