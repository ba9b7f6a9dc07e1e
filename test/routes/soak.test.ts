import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { login } from "#dev/login.ts";
import { migrate } from "#dev/migrate.ts";
import { startNeonProxy } from "#dev/neon/proxy.ts";
import { SEED } from "#test/support/seed.ts";
import { type SoakClinic, foundSoakClinic } from "#test/soak/clinic.ts";
import { type Entry, type Findings, gather, isNothing, judge } from "#test/soak/judge.ts";
import { type SoakReport, soak } from "#test/soak/soak.ts";
import { useStack } from "#test/support/stack.ts";

const OPERATIONS = Number(process.env["SOAK_OPERATIONS"] ?? 1_500);
const WITHOUT_GUARDS = Math.max(400, OPERATIONS / 25);
const CLIENTS = 64;
const TIME = { timeout: 240_000 + OPERATIONS * 30 };
/** The safety net's trigger, as wrangler.toml has it. */
const EVERY_MINUTE = "* * * * *";

const CALENDAR = ["slot.change", "exception.add", "exception.remove", "holiday.add", "holiday.remove"];

const NOTHING: Findings = {
  doubleBookings: 0,
  overlappingSlots: 0,
  patientOverlaps: 0,
  halves: 0,
  inClosedSlots: 0,
  orphans: 0,
  lostOrPhantom: [],
  unknown: 0,
  disagreements: [],
  deadlocks: 0,
  unfinished: 0,
  leaked: 0,
};

describe("a soak through the Worker", () => {
  const stack = useStack();
  let clinic: SoakClinic;
  const tokens = new Map<string, string>();
  /** A queue that takes every message and loses it: only the crons find due work. */
  const queue = createServer((request, response) => {
    request.resume();
    request.on("end", () =>
      response.writeHead(200, { "Content-Type": "application/json" }).end('{"messageId":"msg_lost"}'),
    );
  });

  beforeAll(async () => {
    await new Promise<void>((resolve) => void queue.listen(0, "127.0.0.1", resolve));
    const { postgres, auth, urls } = stack();
    await postgres.createDatabase("soak");
    await migrate(postgres.url("soak"));
    const admin = new pg.Pool({ connectionString: postgres.url("soak"), max: 1 });
    clinic = await foundSoakClinic(admin);
    await admin.end();
    await postgres.createDatabase("soak_without_guards", { template: "soak" });
    for (const { caller } of [...clinic.patients, ...clinic.doctors, ...clinic.staff]) {
      const { subject, role } = caller;
      const account = { subject, role, name: "Somebody", email: `${subject.replace("|", ".")}@soak.example` };
      tokens.set(subject, (await login({ issuer: urls.issuer, ...auth, account })).accessToken);
    }
  });
  afterAll(() => void queue.close());

  /** One run on a database of its own, through isolates of its own; `look` while they are still there. */
  async function run(
    database: string,
    operations: number,
    look: (report: SoakReport, admin: pg.Pool) => Promise<void> | void,
  ): Promise<void> {
    const running = stack();
    const { env, postgres } = running;
    // Few connections, so that all of them are at work whenever they are killed.
    const proxy = await startNeonProxy({ port: 0, upstream: postgres, poolSize: 12 });
    const url = new URL(env["DATABASE_URL"] ?? "");
    url.pathname = `/${database}`;
    const settings = {
      DATABASE_URL: url.href,
      DATABASE_HTTP_URL: proxy.httpUrl,
      DATABASE_WS_PROXY: `ws://${proxy.wsProxy}`,
      QSTASH_URL: `http://127.0.0.1:${(queue.address() as AddressInfo).port}`,
    };
    const isolates = [await running.startIsolate(settings), await running.startIsolate(settings)];
    const admin = new pg.Pool({ connectionString: postgres.url(database), max: 2 });
    try {
      const report = await soak({
        apis: isolates.map((isolate) => `${isolate.url}/api/v1`),
        clinic,
        tokenOf: ({ caller }) => tokens.get(caller.subject) ?? "",
        admin,
        proxy,
        operations,
        clients: CLIENTS,
        seed: SEED,
        cut: 0.01,
        clientsGone: 0.005,
        killEveryMs: 2_000,
        crons: () => Promise.all(isolates.slice(0, 1).map((isolate) => isolate.scheduled(EVERY_MINUTE))),
      });
      const { log: _, ...shown } = report;
      if (process.env["SOAK_REPORT"]) process.stdout.write(`${JSON.stringify({ seed: SEED, ...shown }, null, 1)}\n`);
      await look(report, admin);
    } finally {
      await Promise.all([admin.end(), ...isolates.map((isolate) => isolate.close())]);
      await proxy.close();
    }
  }

  test(
    `${OPERATIONS} mixed operations by ${CLIENTS} clients over a breaking wire: nothing booked twice, nothing lost`,
    TIME,
    async () => {
      await run("soak", OPERATIONS, async (report, admin) => {
        expect(report).toMatchObject({ ...NOTHING, faults: [] });
        // The faults struck, and enough was going on for them to matter.
        expect(report.cuts.beforeForward).toBeGreaterThan(OPERATIONS / 1000);
        expect(report.cuts.beforeReply).toBeGreaterThan(OPERATIONS / 1000);
        expect(report.clientsGone).toBeGreaterThan(OPERATIONS / 1000);
        expect(report.killed).toBeGreaterThan(0);
        expect(report.statuses["503"]).toBeGreaterThan(OPERATIONS / 200);
        for (const name of ["hold", "appointment.confirm", "appointment.reschedule", "appointment.cancel"]) {
          expect(report.done[name]).toBeGreaterThan(OPERATIONS / 300);
        }
        const changes = CALENDAR.map((name) => report.done[name] ?? 0);
        expect(changes.reduce((sum, count) => sum + count)).toBeGreaterThan(OPERATIONS / 1000);
        // A short run may do without the rarest.
        if (OPERATIONS >= 10_000) {
          for (const name of ["slot.change", "exception.add", "holiday.add"])
            expect(report.done[name]).toBeGreaterThan(0);
        }
        await expectLiesToBeSeen(admin, report.log);
      });
    },
  );

  test("Without the guards on slots the locks alone book nothing twice", TIME, async () => {
    const owner = new pg.Pool({ connectionString: stack().postgres.url("soak_without_guards"), max: 1 });
    await owner.query('alter table slots drop constraint "slots_no_overlap"');
    await owner.query('drop index "appointments_one_per_slot"');
    await owner.end();
    await run("soak_without_guards", WITHOUT_GUARDS, (report) => {
      expect(report).toMatchObject({ ...NOTHING, faults: [] });
      expect(report.done["appointment.confirm"]).toBeGreaterThan(WITHOUT_GUARDS / 300);
    });
  });
});

/** The judge must be able to find faults: each false entry in the log or the rows is found. */
async function expectLiesToBeSeen(admin: pg.Pool, log: readonly Entry[]): Promise<void> {
  const evidence = await gather(admin);
  // A fact that was already true is no false change.
  const did = ({ key, said }: Entry): boolean => said === "done" && !isNothing(evidence.answers.get(key)?.result);
  const at = (name: string): number => {
    const index = log.findIndex((entry) => entry.name === name && did(entry));
    if (index < 0) throw new Error(`no ${name} was done`);
    return index;
  };
  const instead = (name: string, lie: (entry: Entry) => Partial<Entry>): Entry[] => {
    const index = at(name);
    return log.map((one, n) => (n === index ? { ...one, ...lie(one) } : one));
  };
  const answered = (change: object) => (entry: Entry) => ({
    reply: entry.reply && { ...entry.reply, body: { ...entry.reply.body, ...change } },
  });
  const without = (name: string): Entry[] => log.toSpliced(at(name), 1);
  const lies: [string, keyof Findings, Entry[]][] = [];
  const rare = CALENDAR.filter((name) => log.some((entry) => entry.name === name && did(entry)));
  for (const name of ["hold", "appointment.confirm", "appointment.reschedule", ...rare]) {
    lies.push(
      [
        `${name} refused`,
        "lostOrPhantom",
        instead(name, () => ({ said: "refused", illPut: false, reply: null, changed: [] })),
      ],
      [`${name} never asked for`, "lostOrPhantom", without(name)],
      [`${name} under another key`, "lostOrPhantom", instead(name, () => ({ key: "never sent" }))],
      [`${name} of something else`, "lostOrPhantom", instead(name, () => ({ changed: [crypto.randomUUID()] }))],
      [`${name} without an end`, "unknown", instead(name, () => ({ said: "unknown" }))],
    );
  }
  const refused = log.findIndex(({ said, illPut }) => said === "refused" && !illPut);
  lies.push(
    ["refused, and told as done", "lostOrPhantom", log.with(refused, { ...log[refused]!, said: "done" })],
    ["in another slot", "lostOrPhantom", instead("appointment.confirm", answered({ slotId: crypto.randomUUID() }))],
    ["in another state", "lostOrPhantom", instead("appointment.cancel", answered({ status: "booked" }))],
    [
      "in another version",
      "lostOrPhantom",
      instead("appointment.confirm", ({ reply }) => ({ reply: reply && { ...reply, version: 99 } })),
    ],
  );
  for (const [lie, finding, told] of lies) {
    const found = judge(evidence, told);
    expect({ lie, seen: JSON.stringify(found[finding]) !== JSON.stringify(NOTHING[finding]) }).toEqual({
      lie,
      seen: true,
    });
  }
  const some = "(select id from appointments where slot_id is not null limit 1)";
  const first = (table: string, where = "true"): string => `ctid = (select ctid from ${table} where ${where} limit 1)`;
  const damage: [keyof Findings, string][] = [
    ["halves", `update slots set appointment_id = null where appointment_id = ${some}`],
    ["disagreements", `update outbox set version = version + 1 where ${first("outbox")}`],
    ["disagreements", `delete from outbox where ${first("outbox")}`],
    ["disagreements", `update appointments set version = version + 1 where ${first("appointments")}`],
    [
      "orphans",
      `insert into cases (appointment_id, reason, request_id, due_at)
         select id, 'holiday', 'damage', starts_at from appointments where status = 'booked' limit 1`,
    ],
    [
      "inClosedSlots",
      `update slots set status = 'closed', closed_by = 'staff' where id = any(
         select slot_id from appointments where slot_id is not null and status = 'booked')`,
    ],
  ];
  let before = judge(evidence, log);
  for (const [finding, statement] of damage) {
    await admin.query(statement);
    const after = judge(await gather(admin), log);
    const seen = JSON.stringify(after[finding]) !== JSON.stringify(before[finding]);
    expect({ statement, seen }).toEqual({ statement, seen: true });
    before = after;
  }
}
