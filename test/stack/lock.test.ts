import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LockedError, takeLock, waitForLock } from "#dev/lock.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-lock-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a lock file", () => {
  test("A lock file has one holder, and is free after its release", async () => {
    const file = join(folder, "one");
    const release = await takeLock(file);
    await expect(takeLock(file)).rejects.toThrow(LockedError);
    await release();
    await (
      await takeLock(file)
    )();
  });

  test("A lock file is taken from a dead holder", async () => {
    const file = join(folder, "dead");
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    await writeFile(file, `${pid} 12345\n`);
    const release = await takeLock(file);
    expect(await readFile(file, "utf8")).toMatch(new RegExp(`^${process.pid} `));
    await release();
  });

  test("A lock file is taken from a holder whose process id another process has", async () => {
    const file = join(folder, "reused");
    await writeFile(file, `${process.ppid} 1\n`);
    await (
      await takeLock(file)
    )();
  });

  test("Waiting processes get the lock one after the other", async () => {
    const file = join(folder, "turns");
    let inside = 0;
    let most = 0;
    const visit = async (): Promise<void> => {
      const release = await waitForLock(file);
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
      await release();
    };
    await Promise.all(Array.from({ length: 5 }, visit));
    expect(most).toBe(1);
  });
});
