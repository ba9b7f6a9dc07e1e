import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Adapter, AdapterPayload } from "oidc-provider";

type Entry = { value: object; expiresAt?: number };

const WRITE_DELAY_MS = 500;

/**
 * The provider's state (sessions, grants, codes, refresh tokens, strangers) in one map. It is written to a JSON file shortly
 * after each change, so that sessions survive a restart. The file is replaced by rename, so it is never half written.
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

  /** @param expiresInSeconds the value's lifetime; undefined: no end */
  set(key: string, value: object, expiresInSeconds?: number): void {
    const entry: Entry = { value };
    if (expiresInSeconds !== undefined) entry.expiresAt = Date.now() + expiresInSeconds * 1000;
    this.#entries.set(key, entry);
    this.#writeSoon();
  }

  delete(key: string): void {
    if (this.#entries.delete(key)) this.#writeSoon();
  }

  /** The keys whose value passes the test, in linear time. */
  keysWhere(test: (key: string, value: AdapterPayload) => boolean): string[] {
    return [...this.#entries].filter(([key, entry]) => test(key, entry.value as AdapterPayload)).map(([key]) => key);
  }

  /** Writes pending changes now. */
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
    // There is no file, or it is damaged: then people log in again.
    return {};
  }
}

/** The storage adapter that oidc-provider needs for each model name, all on the same store. */
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
        // Only this model's keys: an interaction in progress names the grant too, and must survive it.
        const found = store.keysWhere((candidate, value) => mine(candidate) && value.grantId === grantId);
        for (const each of found) store.delete(each);
      },
    };
  };
}
