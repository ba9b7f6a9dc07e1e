import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dropUnusedFunctions, functionsOf, installFunctions, readFunctions } from "#dev/functions.ts";
import { connected } from "#dev/migrate.ts";
import { type RunningWorker, startWorker } from "#dev/worker.ts";
import { type Api, freeSlots, useStack } from "#test/support/stack.ts";

/** The functions of a build before this one: other text, so another schema. */
const older = functionsOf(
  readFunctions().files.map((file) => ({ ...file, text: `${file.text}-- As it was before.\n` })),
);

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
});
