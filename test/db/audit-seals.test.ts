import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { SEALED_COLUMNS, verifyAudit } from "#dev/audit/verify.ts";
import { connected } from "#dev/migrate.ts";
import { sealAudit } from "#db/verbs/seals.ts";
import { runOnce } from "#jobs/seal-audit.ts";
import { createTestDatabase } from "../support/database.ts";
import { foundClinic, hire, openDesk } from "../support/small-clinic.ts";

const database = await createTestDatabase({ template: "migrated" });
const desk = openDesk(database);
afterAll(() => desk.close());
await foundClinic(desk.admin);
const [staff] = await hire(desk.admin, "staff", 1);
const [patient] = await hire(desk.admin, "patient", 1);

/** Adds this number of entries to the trail. */
async function act(count: number): Promise<string[]> {
  const { rows } = await desk.admin.query<{ id: string }>(
    `insert into audit (actor_id, patient_id, action, entity, entity_id, before, after, reason, request_id)
     select $1::uuid, $2::uuid, 'test', 'patient', $2::uuid,
       '{"b": 1, "a": "Ünïcode"}', jsonb_build_object('n', n, 'rate', 0.10), 'because', 'test'
     from generate_series(1, $3::int) n returning id`,
    [staff!.personId, patient!.id, count],
  );
  return rows.map(({ id }) => id);
}

/** Changes by the owner of the machine, which no trigger stops. */
async function tamper(...statements: string[]): Promise<void> {
  await connected(database.url, async (client) => {
    await client.query("set session_replication_role = replica");
    for (const statement of statements) await client.query(statement);
  });
}

const verify = (...anchors: { number: number; hash: string }[]) =>
  connected(database.url, (client) => verifyAudit(client, anchors));

describe("the sealed audit trail", () => {
  /** Three seals of four entries each, and two entries that wait. */
  let ids: string[];

  beforeEach(async () => {
    await tamper("delete from audit", "delete from audit_seals", "delete from audit_unsealed");
    ids = [];
    for (let seal = 0; seal < 3; seal++) {
      ids.push(...(await act(4)));
      expect(await sealAudit(desk.db, 100)).toMatchObject({ number: seal + 1, count: 4 });
    }
    ids.push(...(await act(2)));
    expect(await verify()).toMatchObject({ findings: [], seals: 3, sealed: 12, waiting: 2 });
  });

  test("An untouched trail has no findings, with and without its anchors", async () => {
    const { last } = await verify();
    await sealAudit(desk.db, 100);
    expect(await verify(last!)).toMatchObject({ findings: [], seals: 4, sealed: 14, waiting: 0 });
  });

  test("From a noted seal on only later entries are computed; the seal itself must be as it was noted", async () => {
    const { last } = await verify();
    await sealAudit(desk.db, 100);
    const resume = (from: { number: number; hash: string }) =>
      connected(database.url, (client) => verifyAudit(client, [], from));
    expect(await resume(last!)).toMatchObject({ findings: [], seals: 1, sealed: 2, waiting: 0 });
    expect((await resume({ ...last!, hash: "0".repeat(64) })).findings).toEqual([
      "Seal 3 is not the noted one: the chain was made again.",
      "Seal 4 does not follow the seal before it: one of the two was changed.",
    ]);
    await tamper(`update audit set reason = 'other' where id in ('${ids[0]}', '${ids.at(-1)}')`);
    expect((await resume(last!)).findings).toEqual([`Entry ${ids.at(-1)} was edited (seal 4).`]);
    expect((await verify()).findings).toHaveLength(2);
  });

  test("The hash of an entry covers every column", async () => {
    const { rows } = await desk.admin.query<{ name: string }>(
      "select column_name as name from information_schema.columns where table_name = 'audit' and table_schema = 'public'",
    );
    expect(rows.map(({ name }) => name).sort()).toEqual([...SEALED_COLUMNS].sort());
  });

  const edits: Record<string, string> = {
    at: "at + interval '1 microsecond'",
    actor_id: "null",
    patient_id: "null",
    action: "action || ' '",
    entity: "'slot'",
    entity_id: "uuidv7()",
    before: `'{"a": "Ünïcode", "b": 2}'`,
    after: "null",
    reason: "null",
    request_id: "''",
  };
  test.each(Object.entries(edits))("An edited %s is found, and the finding names the entry", async (column, value) => {
    await tamper(`update audit set ${column} = ${value} where id = '${ids[5]}'`);
    expect((await verify()).findings).toEqual([`Entry ${ids[5]} was edited (seal 2).`]);
  });

  test("A deleted entry is found, sealed or not yet sealed", async () => {
    await tamper(`delete from audit where id in ('${ids[0]}', '${ids[13]}')`);
    expect((await verify()).findings).toEqual([
      `Entry ${ids[0]} was deleted (seal 1).`,
      `Entry ${ids[13]} was deleted before it was sealed.`,
    ]);
    // Sealing goes on around the gap and does not cover it up.
    await sealAudit(desk.db, 100);
    expect((await verify()).findings).toHaveLength(2);
  });

  test("An entry that was inserted without the trail's function is found", async () => {
    await tamper(`insert into audit (id, action, entity, entity_id, request_id)
      values ('${"0".repeat(8)}-0000-7000-8000-000000000001', 'forged', 'slot', uuidv7(), 'x')`);
    expect((await verify()).findings).toEqual([
      expect.stringMatching(/^Entry 00000000-0000-7000-8000-000000000001 is under no seal and does not wait for one/),
    ]);
  });

  test("Entries that changed places are found, even if the seal was rewritten to match", async () => {
    await tamper(
      `update audit set id = 'ffffffff-ffff-4fff-bfff-ffffffffffff' where id = '${ids[4]}'`,
      `update audit set id = '${ids[4]}' where id = '${ids[5]}'`,
      `update audit set id = '${ids[5]}' where id = 'ffffffff-ffff-4fff-bfff-ffffffffffff'`,
    );
    expect((await verify()).findings).toEqual([
      `Entry ${ids[4]} was edited (seal 2).`,
      `Entry ${ids[5]} was edited (seal 2).`,
    ]);
    await tamper(
      `update audit_seals set row_ids = array_reverse(row_ids), row_hashes = array_reverse(row_hashes) where number = 3`,
    );
    expect((await verify()).findings).toEqual(
      expect.arrayContaining([
        "Seal 3 was edited: its hash is not that of its content.",
        "Seal 3 has its entries in another order.",
      ]),
    );
  });

  test("A seal that was edited, or made again over forged entries, breaks the chain after it", async () => {
    await tamper(`update audit_seals set hash = sha256(hash) where number = 2`);
    expect((await verify()).findings).toEqual([
      "Seal 2 was edited: its hash is not that of its content.",
      "Seal 3 does not follow the seal before it: one of the two was changed.",
    ]);
    await tamper(`update audit_seals set sealed_at = sealed_at + interval '1 second' where number = 1`);
    expect((await verify()).findings[0]).toBe("Seal 1 was edited: its hash is not that of its content.");
  });

  test("Deleted seals are found, in the middle and at the end, and so are the entries without a seal", async () => {
    await tamper("delete from audit_seals where number = 2");
    const middle = (await verify()).findings;
    expect(middle[0]).toBe("Seal 2 was deleted.");
    expect(middle.filter((text) => text.includes("is under no seal"))).toHaveLength(4);
    await tamper("delete from audit_seals where number = 3");
    expect((await verify()).findings.filter((text) => text.includes("is under no seal"))).toHaveLength(8);
  });

  test("A trail whose end was cut off with its seals is found by the anchors in the logs", async () => {
    const lines: string[] = [];
    await runOnce({ db: desk.db, log: (event, fields) => lines.push(JSON.stringify({ event, ...fields })) });
    expect(lines).toHaveLength(1);
    const { last } = await verify();
    expect(JSON.parse(lines[0]!)).toEqual({ event: "audit-sealed", count: 2, seal: `${last!.number}:${last!.hash}` });
    await tamper(
      `delete from audit where id in (select unnest(row_ids) from audit_seals where number >= 3)`,
      "delete from audit_seals where number >= 3",
    );
    // Nothing in the database shows it.
    expect((await verify()).findings).toEqual([]);
    expect((await verify(last!)).findings).toEqual([
      "The end was cut off: seal 4 was written down, the last one is 2.",
    ]);
    // Nor does it help to go on as if nothing had happened.
    await act(3);
    await sealAudit(desk.db, 1);
    await sealAudit(desk.db, 1);
    expect((await verify(last!)).findings).toEqual(["Seal 4 is not the noted one: the chain was made again."]);
  });

  test("An entry that commits late, with a time before the last seal, is sealed too", async () => {
    const late = new pg.Client({ connectionString: database.url });
    await late.connect();
    await late.query("begin");
    const { rows } = await late.query<{ id: string }>(
      "insert into audit (action, entity, entity_id, request_id) values ('late', 'slot', uuidv7(), 'x') returning id",
    );
    const after = await act(5);
    expect(rows[0]!.id < after[0]!).toBe(true);
    expect(await sealAudit(desk.db, 100)).toMatchObject({ number: 4, count: 7 });
    await late.query("commit");
    await late.end();
    expect(await verify()).toMatchObject({ findings: [], waiting: 1 });
    expect(await sealAudit(desk.db, 100)).toMatchObject({ number: 5, count: 1 });
    expect(await verify()).toMatchObject({ findings: [], seals: 5, sealed: 20, waiting: 0 });
  });

  test("Many runs at once, with writers between them, seal every entry once and do not wait", async () => {
    const runs = Array.from({ length: 12 }, async () => {
      await act(20);
      await runOnce({ db: desk.db, log: () => {} });
    });
    await Promise.all(runs);
    await runOnce({ db: desk.db, log: () => {} });
    expect(await verify()).toMatchObject({ findings: [], sealed: 254, waiting: 0 });
  });

  test("A writer does not wait for an uncommitted seal, and a seal does not wait for a writer", async () => {
    const slow = new pg.Client({ connectionString: database.url });
    await slow.connect();
    await slow.query("begin");
    await slow.query("select pg_advisory_xact_lock(hashtext('audit_seals'))");
    await slow.query("delete from audit_unsealed");
    expect(await act(3)).toHaveLength(3);
    expect(await sealAudit(desk.db, 100)).toBeNull();
    await slow.query("rollback");
    await slow.end();
    expect(await sealAudit(desk.db, 100)).toMatchObject({ number: 4, count: 5 });
  });

  test("The Worker's role can neither change nor date the entries and the seals of the trail", async () => {
    for (const text of [
      "update audit set reason = 'x'",
      "delete from audit",
      "truncate audit",
      "insert into audit (at, action, entity, entity_id, request_id) values (now(), 'x', 'x', uuidv7(), 'x')",
      "insert into audit (id, action, entity, entity_id, request_id) values (uuidv7(), 'x', 'x', uuidv7(), 'x')",
      "update audit_seals set number = number + 10",
      "delete from audit_seals",
      "truncate audit_seals",
      "insert into audit_unsealed values (uuidv7())",
    ]) {
      await expect(desk.db.rows({ text, params: [] })).rejects.toMatchObject({ code: "42501" });
    }
    for (const table of ["audit", "audit_seals"]) {
      await expect(desk.admin.query(`delete from ${table}`)).rejects.toThrow("append-only");
      await expect(desk.admin.query(`truncate ${table}`)).rejects.toThrow("append-only");
    }
  });

  test(
    "The command ends with 0 on an untouched trail, 1 with findings, 2 when it cannot read the trail",
    { timeout: 120_000 },
    async () => {
      const log = join(tmpdir(), `holdfast-audit-${crypto.randomUUID()}.log`);
      const { last } = await verify();
      await writeFile(log, `noise\n2026 info {"event":"audit-sealed","count":4,"seal":"3:${last!.hash}"}\n`);
      const run = (args: string[], url = database.url) =>
        promisify(execFile)(process.execPath, ["dev/audit-verify.ts", ...args], {
          env: { ...process.env, DATABASE_OWNER_URL: url },
        }).then(
          ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
          (error: { code: number; stdout: string; stderr: string }) => error,
        );
      const good = await run(["--log", log, "--anchor", `3:${last!.hash}`]);
      expect(await run(["--from", `3:${last!.hash}`])).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("0 entries under 0 seals, 2 waiting"),
      });
      expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining("2 anchors compared") });
      expect(good.stdout).toContain(`--anchor 3:${last!.hash}`);
      await tamper(`update audit set reason = 'another' where id = '${ids[1]}'`);
      expect(await run([])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`Entry ${ids[1]} was edited (seal 1).`),
      });
      expect(await run(["--anchor", "nonsense"])).toMatchObject({ code: 2 });
      // Without DATABASE_OWNER_URL it is the running stack's database.
      const folder = await mkdtemp(join(tmpdir(), "holdfast-audit-"));
      expect(await run(["--data", folder], "")).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("start the stack"),
      });
      await writeFile(join(folder, "stack.json"), JSON.stringify({ urls: { postgres: database.url } }));
      expect(await run(["--data", folder], "")).toMatchObject({ code: 1 });
      await rm(folder, { recursive: true });
      await rm(log);
    },
  );
});
