import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CALLS } from "../../bench/growth-calls.ts";
import {
  type Cost,
  DEEPER,
  type Ids,
  measureGrowth,
  measureHolds,
  measureYoung,
  openWork,
} from "../../bench/growth.ts";
import { QUARTERS, addHistory, decadeSize, fillYoungClinic } from "../../bench/decade-clinic.ts";
import { countKeptTooLong } from "#db/verbs/retention.ts";
import { runOnce as forget } from "#jobs/forget.ts";
import { createTestDatabase } from "../support/database.ts";
import { openDesk } from "../support/small-clinic.ts";
import { readSqlFunctions } from "../support/sql-functions.ts";

/** A small share of the large clinic, enough to show what reads history. `npm run bench -- decade` does the whole. */
const SIZE = { ...decadeSize(1 / 30), slotsPerDay: 10 };

/** Data that retention must leave alone: young ones, booked slots, all appointments, what is not done or not sent yet. */
const UNTOUCHED = `
  select (select count(*) from slots where appointment_id is not null or clinic_date > current_date - 395) as slots,
    (select count(*) from appointments) as appointments, (select count(*) from deliveries) as deliveries,
    (select count(*) from appointments where reason is not null and starts_at > now() - interval '995 days') as reasons,
    (select count(*) from outbox o join appointments a on a.id = o.appointment_id
      where o.due_at is not null or a.ends_at > now() - interval '395 days') as notified,
    (select count(*) from reminders where starts_at > now() - interval '395 days') as reminders,
    (select count(*) from deliveries where message_id is not null and started_at > now() - interval '395 days') as ids,
    (select count(*) from tasks where status = 'open' or done_at > now() - interval '395 days') as tasks,
    (select count(*) from operations) as operations,
    (select count(*) from operations where preview is not null and created_at > now() - interval '395 days') as previews`;

const database = await createTestDatabase({ template: "migrated" });

describe("after ten years", () => {
  const client = new pg.Client({ connectionString: database.url });
  client.on("error", () => {});
  let young = new Map<string, Cost>();
  let old = new Map<string, Cost>();
  let ids: Ids = {};

  beforeAll(async () => {
    await client.connect();
    await fillYoungClinic(client, SIZE);
    ids = await openWork(client);
    await client.query("vacuum (analyze)");
    young = await measureYoung(client, ids);
    await addHistory(client, 2, QUARTERS);
    old = await measureGrowth(client, ids);
  });
  afterAll(() => client.end());

  test("Every read of the Worker is among the measured calls", () => {
    const measured = new Set(CALLS.map(({ name }) => name.split(" ")[0]));
    const reads = [...readSqlFunctions().values()].filter(
      ({ isCallable, name }) => isCallable && /^(list|find|read|search|count|last|forget|claim)_/.test(name),
    );
    expect(reads.map(({ name }) => name).filter((name) => !measured.has(name))).toEqual([]);
  });

  test("Every read and verb reads at most twice as many blocks as in the first quarter", () => {
    const growth = CALLS.map(({ name, atMost }) => {
      const [before, after] = [young.get(name)?.blocks ?? 0, old.get(name)?.blocks ?? Infinity];
      return { name, before, after, limit: atMost ?? 2 * before + DEEPER };
    });
    expect(growth.filter(({ after, limit }) => after > limit)).toEqual([]);
  });

  test("Nine in ten updates of a slot by hold and release change no index", async () => {
    const { updates, hot, walBytes } = await measureHolds(client, ids, 100);
    console.log(`hold and release: ${hot} of ${updates} updates HOT, ${walBytes} bytes of WAL a cycle`);
    expect(updates).toBe(200);
    expect(hot).toBeGreaterThanOrEqual(0.9 * updates);
  });

  test("The nightly job deletes what is older than the policy keeps it, and a night without such data reads little", async () => {
    const desk = openDesk(database);
    await client.query("update policy set reasons_kept_days = 1000");
    const kept = async () => (await client.query(UNTOUCHED)).rows;
    const before = await kept();
    const late = await countKeptTooLong(desk.db, 0);
    expect(Object.entries(late).filter(([, count]) => count === 0)).toEqual([]);
    await forget({ db: desk.db, log: () => {} });
    const nothing = Object.fromEntries(Object.keys(late).map((name) => [name, 0]));
    expect(await countKeptTooLong(desk.db, 0)).toEqual(nothing);
    expect(await kept()).toEqual(before);
    await client.query("vacuum (analyze)");
    const again = await measureGrowth(
      client,
      ids,
      CALLS.filter(({ name }) => name.startsWith("forget_")),
    );
    expect([...again].filter(([, { blocks }]) => blocks > 1_500)).toEqual([]);
    await desk.close();
  });
});
