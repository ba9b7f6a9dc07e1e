import type { Context } from "hono";
import { readApiKey } from "#adapters/links.ts";
import { type ApiKeyRow, readApiKeys } from "#db/queries/api-clients.ts";
import type { Tier } from "#domain/limits.ts";
import { ProblemError } from "#http/problems/problem.ts";
import type { App } from "#src/context.ts";

/** The keys that this isolate knows to be valid, and when it asked for them; null before the first answer. */
let known: { keys: Map<string, ApiKeyRow>; at: number } | null = null;
let asking: Promise<void> | null = null;
/** Genuine keys that this isolate has seen, with their ids: an app sends the same one with each request. */
const genuine = new Map<string, string>();
const MAX_GENUINE = 1000;

/**
 * The app that a request names with `X-Api-Key`; null without one. Whether a key is genuine is seen without a look-up. When
 * the list of valid keys is older than API_KEYS_SECONDS, it is read again after the answer. So no request waits for it. An
 * isolate without a list accepts every genuine key.
 * @throws {ProblemError} `api-key-refused` for a key that is made up, ended, or of other pages
 */
export async function appOf(c: Context<App>): Promise<{ clientId: string; tier: Tier } | null> {
  const key = c.req.header("X-Api-Key");
  if (key === undefined) return null;
  const { env } = c.get("services");
  const id = genuine.get(key) ?? (await readApiKey(env.LINK_SECRET, key));
  if (id === null) throw new ProblemError("api-key-refused");
  if (genuine.size >= MAX_GENUINE) genuine.clear();
  genuine.set(key, id);
  if (!known || Date.now() - known.at >= env.API_KEYS_SECONDS * 1000) ask(c);
  if (!known) return { clientId: id, tier: "standard" };
  const row = known.keys.get(id);
  if (!row || (row.expiresAt !== null && row.expiresAt <= Date.now())) throw new ProblemError("api-key-refused");
  const origin = c.req.header("Origin");
  if (origin !== undefined && row.origins.length > 0 && !row.origins.includes(origin)) {
    throw new ProblemError("api-key-refused");
  }
  return row;
}

/** Reads the list once at a time, after the answer. When the database does not answer, the old list stays. */
function ask(c: Context<App>): void {
  asking ??= readApiKeys(c.get("services").db)
    .then(
      (rows) => void (known = { keys: new Map(rows.map((row) => [row.id, row])), at: Date.now() }),
      () => undefined,
    )
    .finally(() => (asking = null));
  c.executionCtx.waitUntil(asking);
}
