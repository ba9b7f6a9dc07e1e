import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { LockedError, takeLock } from "#dev/lock.ts";

/** What the stack keeps in its data folder, and all that a fresh start removes: the folder may hold other things. */
const OWN_FILES = ["postgres", "redis", "identity", "inbox", "qstash.json", "secrets.json", "stack.json", "worker.log"];

/**
 * Makes the data folder this process's own until the returned function is called; a dead owner counts for nothing.
 * @throws Error in words for people when another stack runs on it
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

/** Removes everything a stack has left in its data folder. */
export async function removeData(dataDir: string): Promise<void> {
  for (const name of OWN_FILES) await rm(join(dataDir, name), { recursive: true, force: true });
}
