import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, type QueryResultRow } from "pg";
import { afterEach, describe, expect, test } from "vitest";
import { startPostgres, type Postgres, type PostgresOptions } from "#dev/postgres.ts";
import { PortTakenError } from "#dev/postgres/port.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function folder(parent = tmpdir()): Promise<string> {
  const path = await mkdtemp(join(parent, "holdfast-postgres-"));
  cleanups.push(() => rm(path, { recursive: true, force: true }));
  await chmod(path, 0o755);
  return path;
}

async function start(dataDir: string, options: Partial<PostgresOptions> = {}): Promise<Postgres> {
  const postgres = await startPostgres({ dataDir, port: 0, durable: false, ...options });
  cleanups.push(() => postgres.close());
  return postgres;
}

async function query<Row extends QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 15_000; !(await holds()); await sleep(20)) {
    if (Date.now() > deadline) throw new Error(`never happened: ${what}`);
  }
}

/** A process that is dead but not yet collected by its new parent still has a number. */
const running = async (pid: number): Promise<boolean> =>
  alive(pid) && !/\) Z /.test(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""));

describe("startPostgres", () => {
  test("Postgres 18 has btree_gist, needs the password and listens on this machine only", async () => {
    const postgres = await start(join(await folder(), "data"), { password: "p@ss/wörd" });
    const [row] = await query<{ version: number; listen: string; collation: string }>(
      postgres.url(),
      `select current_setting('server_version_num')::int / 10000 as version,
              current_setting('listen_addresses') as listen,
              (select datlocale from pg_database where datname = current_database()) as collation`,
    );
    expect(row).toEqual({ version: 18, listen: "127.0.0.1", collation: "C.UTF-8" });
    await query(postgres.url(), "create extension btree_gist");

    const wrong = new URL(postgres.url());
    wrong.password = "wrong";
    await expect(query(wrong.href, "select 1")).rejects.toMatchObject({ code: "28P01" });
  });

  test("Data survive a restart, and Postgres is durable by default", async () => {
    const dataDir = join(await folder(), "data");
    const first = await start(dataDir, { durable: true });
    expect(await first.createDatabase("kept")).toBe(true);
    expect(await first.createDatabase("kept")).toBe(false);
    await query(first.url("kept"), "create table t as select 7 as n");
    await first.stop();
    expect(await running(first.pid)).toBe(false);

    const second = await start(dataDir, { durable: true });
    expect(await query(second.url("kept"), "select n from t")).toEqual([{ n: 7 }]);
    expect(await query(second.url(), "show fsync")).toEqual([{ fsync: "on" }]);
  });

  test("A template database can be copied, and a database in use can be dropped", async () => {
    const postgres = await start(join(await folder(), "data"));
    await postgres.createDatabase("origin");
    await query(postgres.url("origin"), "create table t as select 'copied' as word");
    await postgres.createDatabase("copy", { template: "origin" });
    expect(await query(postgres.url("copy"), "select word from t")).toEqual([{ word: "copied" }]);

    const user = new Client({ connectionString: postgres.url("copy") });
    user.on("error", () => {});
    await user.connect();
    await postgres.dropDatabase("copy");
    await expect(query(postgres.url("copy"), "select 1")).rejects.toMatchObject({ code: "3D000" });
    await user.end().catch(() => {});
  });

  test("An immediate stop loses no committed data, and a restart keeps the port", async () => {
    const postgres = await start(join(await folder(), "data"));
    await query(postgres.url(), "create table t as select generate_series(1, 100) as n");
    const before = postgres.pid;
    await postgres.stopImmediate();
    expect(await running(before)).toBe(false);
    await postgres.restart();
    expect(postgres.pid).not.toBe(before);
    expect(await query(postgres.url(), "select count(*)::int from t")).toEqual([{ count: 100 }]);
  });

  test("Postgres starts again after kill -9 of the postmaster, in spite of its lock file", async () => {
    const dataDir = join(await folder(), "data");
    const postgres = await start(dataDir);
    await query(postgres.url(), "create table t as select 1 as n");
    process.kill(postgres.pid, "SIGKILL");
    await until("the postmaster is gone", async () => !(await running(postgres.pid)));
    expect(await readFile(join(dataDir, "postmaster.pid"), "utf8")).toContain(String(postgres.pid));
    await postgres.restart();
    expect(await query(postgres.url(), "select n from t")).toEqual([{ n: 1 }]);
  });

  test("Postgres starts in spite of a lock file whose process id belongs to another program", async () => {
    const dataDir = join(await folder(), "data");
    const postgres = await start(dataDir);
    await postgres.stop();
    await writeFile(join(dataDir, "postmaster.pid"), `${process.pid}\n${dataDir}\n`);
    await postgres.restart();
    expect(await query(postgres.url(), "select 1 as n")).toEqual([{ n: 1 }]);
  });

  test("If another Postgres uses the data, the error names the folder and the process", async () => {
    const dataDir = join(await folder(), "data");
    const postgres = await start(dataDir);
    await expect(startPostgres({ dataDir, port: 0 })).rejects.toThrow(
      `The data folder ${dataDir} is in use by a running Postgres (process ${postgres.pid}).`,
    );
  });

  test("If the port is taken, the error names the port and the flag", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    cleanups.push(async () => holder.close());
    const { port } = holder.address() as { port: number };
    const attempt = startPostgres({ dataDir: join(await folder(), "data"), port });
    await expect(attempt).rejects.toThrow(PortTakenError);
    await expect(attempt).rejects.toThrow(`Port ${port} (Postgres) is already in use.`);
    await expect(attempt).rejects.toThrow("--port");
  });

  test("An interrupted creation of the data folder is done again", async () => {
    const parent = await folder();
    await mkdir(join(parent, "data.new"));
    await writeFile(join(parent, "data.new", "PG_VERSION"), "18\n");
    const postgres = await start(join(parent, "data"));
    expect(await query(postgres.url(), "select 1 as n")).toEqual([{ n: 1 }]);
  });

  test("Postgres ends with the process that started it, also by kill -9", async () => {
    const dataDir = join(await folder(), "data");
    const program = `
      const { startPostgres } = await import(${JSON.stringify(new URL("../../dev/postgres.ts", import.meta.url).href)});
      const postgres = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, port: 0, durable: false });
      console.log(postgres.pid);
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ["--input-type=module", "-e", program], {
      cwd: new URL("../..", import.meta.url),
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(createInterface({ input: owner.stdout }), "line")) as [string];
    const pid = Number(line);
    expect(await running(pid)).toBe(true);

    owner.kill("SIGKILL");
    await once(owner, "exit");
    await until("Postgres is gone", async () => !(await running(pid)));
    const postgres = await start(dataDir);
    expect(await query(postgres.url(), "select 1 as n")).toEqual([{ n: 1 }]);
  });

  test.runIf(process.getuid?.() === 0)("Root can keep the data below a folder that only root may enter", async () => {
    const closed = await folder();
    await chmod(closed, 0o700);
    await mkdir(join(closed, "clone"));
    const postgres = await start(join(closed, "clone", "data"));
    const [row] = await query<{ n: number }>(postgres.url(), "select 1 as n");
    expect(row).toEqual({ n: 1 });
    const status = await readFile(`/proc/${postgres.pid}/status`, "utf8");
    expect(status).not.toMatch(/^Uid:\s+0\b/m);
  });
});
