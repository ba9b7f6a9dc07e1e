import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A living process holds the lock file. */
export class LockedError extends Error {
  readonly pid: number;

  constructor(file: string, pid: number) {
    super(`${file} is held by process ${pid}.`);
    this.pid = pid;
  }
}

/**
 * Takes a lock file, also from a holder that died without removing it; returns how to give it back. (proper-lockfile
 * recognises a dead holder only by its age and cannot name a living one. So a killed stack could not be started at once.)
 * @throws {LockedError} when the holder is alive
 */
export async function takeLock(file: string): Promise<() => Promise<void>> {
  await mkdir(dirname(file), { recursive: true });
  for (;;) {
    try {
      await writeFile(file, `${process.pid} ${await startTime(process.pid)}\n`, { flag: "wx", mode: 0o600 });
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const content = await readFile(file, "utf8").catch(() => "");
    // Empty: another process has created it and not yet written it.
    if (content === "") await sleep(50);
    const [pid, since] = (await readFile(file, "utf8").catch(() => "")).trim().split(" ");
    if (pid && isAlive(Number(pid)) && (await startTime(Number(pid))) === since) {
      throw new LockedError(file, Number(pid));
    }
    await rm(file, { force: true });
  }
}

/** As `takeLock`, but waits while the holder lives. */
export async function waitForLock(file: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      return await takeLock(file);
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      await sleep(100);
    }
  }
}

/** True while the process exists, also under another user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** A process's start time, which distinguishes it from a later one with the same id; "-" without /proc. */
async function startTime(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // Field 22, after the command's name, which may contain spaces and parentheses.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "-";
}
