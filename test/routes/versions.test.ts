import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dropUnusedFunctions, functionsOf, installFunctions, readFunctions } from "#dev/functions.ts";
import { connected } from "#dev/migrate.ts";
import { type RunningWorker, startWorker } from "#dev/worker.ts";
import { breachesOf } from "#dev/migrate/rules.ts";
import { LATER, type Served, release, serveDuring } from "#test/soak/release.ts";
import { type Api, freeSlots, useStack } from "#test/support/stack.ts";

/** The functions of another build: other text, so another schema. */
const ofBuild = (comment: string) =>
  functionsOf(readFunctions().files.map((file) => ({ ...file, text: `${file.text}-- ${comment}\n` })));
const older = ofBuild("As it was before.");
const next = ofBuild("As it will be.");

/** The soak raises both: patients who book at the same time, and the attempts of a migration beside one long read. */
const CLIENTS = Number(process.env["RELEASE_CLIENTS"] ?? 6);
const GIVE_UPS = Number(process.env["RELEASE_GIVE_UPS"] ?? 1);
/** How long the patients book before the migrations, for comparison, milliseconds. */
const BEFORE_MS = process.env["RELEASE_REPORT"] ? 10_000 : 100;

describe("an upgrade, with Workers of two builds before one database", () => {
  const stack = useStack();
  let oldWorker: RunningWorker;

  beforeAll(async () => {
    await connected(stack().urls.postgres, (client) => installFunctions(client, older));
    const { build, env } = stack();
    // The build names its functions in one place of the script; a build before this one named its own.
    const script = build.script.replaceAll(readFunctions().schema, older.schema);
    oldWorker = await startWorker({ build: { ...build, script }, port: 0, env });
  });
  afterAll(() => oldWorker.close());

  /** A patient of the test's own, calling the new Worker and the old one. */
  async function patient(): Promise<{ onNew: Api; onOld: Api }> {
    const { account } = await stack().newPatient();
    return { onNew: await stack().as(account), onOld: await stack().as(account, `${oldWorker.url}/api/v1`) };
  }

  /** The status of an appointment whose slot was held through one Worker, confirmed through another. */
  async function book(held: "onNew" | "onOld", confirmed: "onNew" | "onOld"): Promise<number> {
    const caller = await patient();
    const [slot] = await freeSlots(stack(), 1);
    const hold = await caller[held]("POST", "/holds", { slotId: slot!.id });
    expect(hold.status).toBe(201);
    return (await caller[confirmed]("POST", "/appointments", { holdId: hold.body.id })).status;
  }

  test("A hold of the old Worker is confirmed by the new Worker, and the other way round", async () => {
    expect(await book("onOld", "onNew")).toBe(201);
    expect(await book("onNew", "onOld")).toBe(201);
  });

  test("A request repeated at the new Worker gets the answer of the old Worker", async () => {
    const { onNew, onOld } = await patient();
    const key = { "Idempotency-Key": crypto.randomUUID() };
    const [slot] = await freeSlots(stack(), 1);
    const first = await onOld("POST", "/holds", { slotId: slot!.id }, key);
    const again = await onNew("POST", "/holds", { slotId: slot!.id }, key);
    expect(again).toMatchObject({ status: 201, body: first.body });
  });

  test("Functions of a deployed build stay. Dropped functions are missed by the Worker of that build alone", async () => {
    const { onOld } = await patient();
    const url = stack().urls.postgres;
    expect(await connected(url, (client) => dropUnusedFunctions(client, [older.schema]))).toEqual([]);
    expect(await book("onOld", "onNew")).toBe(201);

    expect(await connected(url, (client) => dropUnusedFunctions(client, []))).toEqual([older.schema]);
    expect((await onOld("POST", "/holds", {})).status).toBe(500);
    // The Worker remembers its health for two seconds.
    await expect
      .poll(async () => (await onOld("GET", "/health/ready")).body, { interval: 100 })
      .toMatchObject({ status: "not-ready", dependencies: { database: "unavailable" } });
    expect(await book("onNew", "onNew")).toBe(201);

    // A rollback of the Worker needs its functions again, and installing them needs nothing else.
    await connected(url, (client) => installFunctions(client, older));
    expect(await book("onOld", "onOld")).toBe(201);
  });

  test(
    "Migrations of each kind, beside a long read, fail no booking at the old Worker or the new one",
    async () => {
      for (const text of Object.values(LATER)) expect(breachesOf(text)).toEqual([]);
      // No mail is sent, and no patient uses up what they may hold and book.
      await stack().sql(
        `update policy set quiet_seconds = 3600, max_delay_seconds = 86400, hold_minutes_per_day = 14400,
           patient_action_budget = 1000, appointments_per_patient = 200`,
      );
      const own = await stack().newPatients(CLIENTS);
      const oldApi = `${oldWorker.url}/api/v1`;
      const patients = await Promise.all(
        own.map(async ({ account }) => [await stack().as(account), await stack().as(account, oldApi)]),
      );
      const url = stack().urls.postgres;
      const before = await serveDuring(patients, () => new Promise((wait) => setTimeout(wait, BEFORE_MS)));
      let gaveUp: Record<string, number> = {};
      const during = await serveDuring(patients, async () => {
        gaveUp = await release(url, next, GIVE_UPS);
      });
      if (process.env["RELEASE_REPORT"]) report({ before, during, gaveUp });

      expect([...before.failed, ...during.failed]).toEqual([]);
      const [stored] = await stack().sql<{ count: number }>(
        "select count(*)::int as count from appointments where patient_id = any($1)",
        [own.map(({ id }) => id)],
      );
      expect(stored?.count).toBe(before.bookings + during.bookings);
      expect(during.bookings).toBeGreaterThan(0);
      // These two need a lock that the read excludes. They prove that the read was in the way.
      expect(gaveUp["column"]).toBeGreaterThanOrEqual(GIVE_UPS);
      expect(gaveUp["constraint"]).toBeGreaterThanOrEqual(GIVE_UPS);
      const marked = await stack().sql("select from appointments where later = 'yes' limit 1");
      expect(marked).toHaveLength(1);
    },
    60_000 + GIVE_UPS * 10_000,
  );
});

function report({ before, during, gaveUp }: { before: Served; during: Served; gaveUp: Record<string, number> }): void {
  const say = (when: string, { requests, bookings, failed, longestMs }: Served): void =>
    console.log(
      `${when}: ${requests} requests, ${bookings} bookings, ${failed.length} failed, longest wait ${Math.round(longestMs)} ms`,
    );
  console.log(`${CLIENTS} patients at two Workers`);
  say("before the migrations", before);
  say("during the migrations", during);
  console.log(`goal of 0 failed: ${during.failed.length === 0 ? "met" : "NOT met"}`);
  console.log(`goal of 1 s: ${during.longestMs <= 1000 ? "met" : "NOT met"}`);
  console.log(`locks given up: ${JSON.stringify(gaveUp)}`);
}
