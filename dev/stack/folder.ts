import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { LockedError, takeLock } from "#dev/lock.ts";

/** The stack's files in its data folder. A fresh start removes only these, because the folder may have others. */
const OWN_FILES = ["postgres", "redis", "identity", "inbox", "qstash.json", "secrets.json", "stack.json", "worker.log"];

/**
 * Locks the data folder for this process until the returned function is called. The lock of a dead process is ignored.
 * @throws Error with a message for the terminal if another stack runs on it
 */
export async function claimFolder(dataDir: string): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true });
  try {
    return await takeLock(join(dataDir, "lock"));
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    throw new Error(
      `A stack is already running on the data folder ${dataDir} (process ${error.pid}). ` +
        "Stop it first, or choose another folder with --data and other ports with --port.",
      { cause: error },
    );
  }
}

/** Removes all of a stack's files in its data folder. */
export async function removeData(dataDir: string): Promise<void> {
  for (const name of OWN_FILES) await rm(join(dataDir, name), { recursive: true, force: true });
}
