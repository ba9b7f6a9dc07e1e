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
import { createTestDatabase } from "../support/database.ts";
import { readSqlFunctions } from "../support/sql-functions.ts";

/** A small share of the large clinic, enough to show what reads history. `npm run bench -- decade` does the whole. */
const SIZE = { ...decadeSize(1 / 30), slotsPerDay: 10 };

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
    const growth = CALLS.filter(({ ownHistory }) => !ownHistory).map(({ name }) => ({
      name,
      young: young.get(name)!.blocks,
      old: old.get(name)!.blocks,
    }));
    expect(growth.filter((one) => one.old > 2 * one.young + DEEPER)).toEqual([]);
  });

  test("Nine in ten updates of a slot by hold and release change no index", async () => {
    const { updates, hot, walBytes } = await measureHolds(client, ids, 100);
    console.log(`hold and release: ${hot} of ${updates} updates HOT, ${walBytes} bytes of WAL a cycle`);
    expect(updates).toBe(200);
    expect(hot).toBeGreaterThanOrEqual(0.9 * updates);
  });
});
