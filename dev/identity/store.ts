import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Adapter, AdapterPayload } from "oidc-provider";

type Entry = { value: object; expiresAt?: number };

const WRITE_DELAY_MS = 500;

/**
 * Everything the provider must remember (sessions, grants, codes, refresh tokens, strangers) in one map, written to a
 * JSON file shortly after each change so that a restart logs nobody out. A torn write cannot happen: the file is
 * replaced by rename.
 */
export class IdentityStore {
  readonly #file: string;
  readonly #entries: Map<string, Entry>;
  #timer: NodeJS.Timeout | undefined;

  constructor(file: string) {
    this.#file = file;
    this.#entries = new Map(Object.entries(readEntries(file)));
  }

  get(key: string): object | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (entry.expiresAt !== undefined && entry.expiresAt <= Date.now()) {
      this.#entries.delete(key);
      return undefined;
    }
    return entry.value;
  }

  /** @param expiresInSeconds how long the value lives; without it, for ever */
  set(key: string, value: object, expiresInSeconds?: number): void {
    const entry: Entry = { value };
    if (expiresInSeconds !== undefined) entry.expiresAt = Date.now() + expiresInSeconds * 1000;
    this.#entries.set(key, entry);
    this.#writeSoon();
  }

  delete(key: string): void {
    if (this.#entries.delete(key)) this.#writeSoon();
  }

  /** The keys whose value passes the test. Linear, which a development provider can afford. */
  keysWhere(test: (key: string, value: AdapterPayload) => boolean): string[] {
    return [...this.#entries].filter(([key, entry]) => test(key, entry.value as AdapterPayload)).map(([key]) => key);
  }

  /** Writes what is pending, now. */
  flush(): void {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const now = Date.now();
    for (const [key, { expiresAt }] of this.#entries) {
      if (expiresAt !== undefined && expiresAt <= now) this.#entries.delete(key);
    }
    mkdirSync(dirname(this.#file), { recursive: true });
    const temporary = `${this.#file}.${process.pid}.tmp`;
    writeFileSync(temporary, JSON.stringify(Object.fromEntries(this.#entries)), { mode: 0o600 });
    renameSync(temporary, this.#file);
  }

  #writeSoon(): void {
    this.#timer ??= setTimeout(() => this.flush(), WRITE_DELAY_MS).unref();
  }
}

function readEntries(file: string): Record<string, Entry> {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, Entry>;
  } catch {
    // No file yet, or one cut short by a crash of the disk: sessions are disposable, people just log in again.
    return {};
  }
}

/** The storage adapter oidc-provider asks for, one per model name, all over the same store. */
export function adapterOver(store: IdentityStore): (model: string) => Adapter {
  return (model) => {
    const key = (id: string) => `${model}:${id}`;
    const mine = (candidate: string) => candidate.startsWith(`${model}:`);
    const find = async (id: string) => store.get(key(id)) as AdapterPayload | undefined;
    const findWhere = async (test: (value: AdapterPayload) => boolean) => {
      const [found] = store.keysWhere((candidate, value) => mine(candidate) && test(value));
      return found === undefined ? undefined : (store.get(found) as AdapterPayload | undefined);
    };
    return {
      find,
      findByUid: (uid) => findWhere((value) => value.uid === uid),
      findByUserCode: (userCode) => findWhere((value) => value.userCode === userCode),
      upsert: async (id, payload, expiresIn) => store.set(key(id), payload, expiresIn),
      destroy: async (id) => store.delete(key(id)),
      consume: async (id) => {
        const payload = await find(id);
        if (!payload) return;
        payload.consumed = Math.floor(Date.now() / 1000);
        const remaining = payload.exp === undefined ? undefined : payload.exp - payload.consumed;
        store.set(key(id), payload, remaining);
      },
      revokeByGrantId: async (grantId) => {
        // Only this model's: an interaction in progress names a grant too, and must outlive it.
        const found = store.keysWhere((candidate, value) => mine(candidate) && value.grantId === grantId);
        for (const each of found) store.delete(each);
      },
    };
  };
}
