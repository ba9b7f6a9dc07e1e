import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { deserialize, serialize } from "node:v8";

/** The parts of an ioredis-mock instance that hold its data. */
export type Keyspace = {
  data: {
    keys(): string[];
    get(key: string): unknown;
    has(key: string): boolean;
    set(key: string, value: unknown): void;
    delete(key: string): void;
    clear(): void;
  };
  expires: {
    has(key: string): boolean;
    /** Unix milliseconds. */
    get(key: string): number;
    set(key: string, unixMs: number): void;
    delete(key: string): void;
    clear(): void;
  };
};

type Saved = { version: 1; keys: [key: string, value: unknown, expiresAt: number | null][] };

/** Writes all live keys with their expiry to the file, completely or not at all. */
export async function saveKeyspace({ data, expires }: Keyspace, file: string): Promise<void> {
  const keys: Saved["keys"] = data
    .keys()
    .map((key) => [key, data.get(key), expires.has(key) ? expires.get(key) : null]);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, serialize({ version: 1, keys } satisfies Saved));
  await rename(`${file}.new`, file);
}

/**
 * Reads a file of `saveKeyspace` without the keys that have expired. A missing file is an empty store. A damaged one is
 * renamed to `<file>.unreadable`, so that the stack starts without the local sessions.
 */
export async function loadKeyspace({ data, expires }: Keyspace, file: string): Promise<void> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (bytes === null) return;
  let saved: Saved;
  try {
    saved = deserialize(bytes) as Saved;
    if (saved.version !== 1) throw new Error("unknown version");
  } catch {
    await rename(file, `${file}.unreadable`);
    return;
  }
  const now = Date.now();
  for (const [key, value, expiresAt] of saved.keys) {
    if (expiresAt !== null && expiresAt <= now) continue;
    data.set(key, value);
    if (expiresAt !== null) expires.set(key, expiresAt);
  }
}
