import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { inject } from "vitest";
import { waitForLock } from "#dev/lock.ts";
import { TIME_ZONE } from "#dev/seed/clinic.ts";
import { startStack } from "#dev/stack.ts";
import { clinicDateOf } from "#domain/clinic-time.ts";

/**
 * Puts a seeded database, with its passwords, into the data folder of a stack before its start. The first call on a day of
 * the clinic makes it by a stack that starts and stops. Other calls wait for it.
 */
export async function prepareDatabase(dataDir: string): Promise<void> {
  const prepared = join(inject("runFolder"), clinicDateOf(Date.now(), TIME_ZONE));
  const release = await waitForLock(`${prepared}.lock`);
  try {
    if (!existsSync(prepared)) {
      const draft = `${prepared}.new`;
      const stack = await startStack({
        firstPort: 0,
        dataDir: draft,
        durable: false,
        crons: false,
        redisEngine: "memory",
      });
      await stack.close();
      await rename(draft, prepared);
    }
  } finally {
    await release();
  }
  // Not Node's copy, which changes the owner: as root, Postgres runs as the owner of its files.
  await promisify(execFile)("cp", ["-a", join(prepared, "postgres"), join(prepared, "secrets.json"), dataDir]);
}
