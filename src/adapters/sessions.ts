import { Redis } from "@upstash/redis/cloudflare";
import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import type { Caller } from "#contract/caller.ts";
import { ROLES } from "#domain/closed-lists.ts";
import type { Infer } from "#contract/common.ts";
import { sha256, toBase64url } from "#lib/encoding.ts";
import { readJson } from "#lib/json.ts";

export interface SessionSettings {
  url: string;
  token: string;
  /** Longest wait for an answer, milliseconds, in every request. */
  timeoutMs: number;
}

/** Redis did not answer, or not in time. */
export class SessionsUnavailable extends Error {
  override name = "SessionsUnavailable";
}

/** How long the id of a signed callback is remembered: longer than its signature counts. */
const USED_SECONDS = 900;

/** The value in Redis under the hash of the cookie: no name, no address. Instants are epoch milliseconds. */
const Stored = once(() =>
  z.object({
    subject: z.string(),
    role: z.enum(ROLES),
    sessionVersion: z.int(),
    secondFactorAt: z.int().nullable(),
    endsAt: z.int(),
    idleSeconds: z.int().positive(),
  }),
);

/** A session that lasts until it is not used for some time: `idleEndsAt`, epoch milliseconds. */
interface Session {
  caller: Caller;
  idleEndsAt: number;
}

/**
 * Sessions that this isolate has read from Redis within the last seconds, by their key. They are not read again. Each
 * statement compares their version with the person's, so logging out everywhere still holds at once.
 */
const warm = new Map<string, Session & { warmUntil: number }>();
const WARM_MS = 5_000;
const MAX_WARM = 10_000;

export interface Sessions {
  /**
   * Begins a session. Ends the two that it replaces: of the same access token, and of the browser's former cookie. Returns
   * the cookie's value, 256 random bits. Redis gets only hashes, as keys.
   */
  begin(
    caller: { subject: string; role: Caller["role"]; sessionVersion: number; secondFactorAt: number | null },
    limits: SessionLimits,
    replaces: { token: string; cookie: string | undefined },
  ): Promise<string>;
  /** The caller of a cookie's session, whose idle time starts again. Null if the session is unknown, idle or over. */
  resume(cookie: string): Promise<Session | null>;
  end(cookie: string): Promise<void>;
  /**
   * Whether a signed callback's id is used for the first time in 15 minutes. If Redis does not answer, only this isolate's
   * memory is asked: the jobs are harmless when repeated.
   */
  isFirstUse(id: string): Promise<boolean>;
  answers(): Promise<boolean>;
}

export interface SessionLimits {
  idleSeconds: number;
  /** Maximum duration, also of a session in use. */
  absoluteSeconds: number;
}

/** Sessions in Upstash Redis over its REST wire. Every method throws SessionsUnavailable if Redis does not answer. */
export function openSessions(settings: SessionSettings): Sessions {
  const redis = new Redis({
    url: settings.url,
    token: settings.token,
    enableTelemetry: false,
    readYourWrites: false,
    // One request's call must not wait for, or be sent with, another's.
    enableAutoPipelining: false,
    retry: false,
    signal: () => AbortSignal.timeout(settings.timeoutMs),
  });
  return {
    async begin(caller, limits, { token, cookie: former }) {
      const cookie = toBase64url(crypto.getRandomValues(new Uint8Array(32)));
      const stored: Infer<typeof Stored> = {
        ...caller,
        endsAt: Date.now() + limits.absoluteSeconds * 1000,
        idleSeconds: limits.idleSeconds,
      };
      const keys = [await keyOf(cookie), `token:${toBase64url(await sha256(token))}`];
      if (former !== undefined) keys.push(await keyOf(former));
      const args = [JSON.stringify(stored), limits.idleSeconds, limits.absoluteSeconds];
      const before = await guarded(() => redis.eval<typeof args, string | null>(BEGIN, keys, args));
      for (const key of [before, keys[2]]) warm.delete(key ?? "");
      return cookie;
    },
    async resume(cookie) {
      if (!/^[A-Za-z0-9_-]{43}$/.test(cookie)) return null;
      const key = await keyOf(cookie);
      const known = warm.get(key);
      if (known && Date.now() < known.warmUntil) return known;
      warm.delete(key);
      // The idle time is in the value: a script reads it and extends the expiry, in one request.
      const raw = await guarded(() => redis.eval<[], string | null>(RESUME, [key], []));
      const stored = Stored().safeParse(typeof raw === "string" ? readJson(raw) : raw);
      if (!stored.success || stored.data.endsAt <= Date.now()) return null;
      const { endsAt, idleSeconds, ...caller } = stored.data;
      const idleEndsAt = Math.min(endsAt, Date.now() + idleSeconds * 1000);
      const session: Session = {
        caller: { via: "session", ...caller, tokenIssuedAt: null, verifiedEmail: null },
        idleEndsAt,
      };
      if (warm.size >= MAX_WARM) warm.clear();
      warm.set(key, { ...session, warmUntil: Math.min(idleEndsAt, Date.now() + WARM_MS) });
      return session;
    },
    async end(cookie) {
      const key = await keyOf(cookie);
      await guarded(() => redis.del(key));
      warm.delete(key);
    },
    async isFirstUse(id) {
      const firstHere = remember(id);
      return redis.set(`used:${id}`, 1, { nx: true, ex: USED_SECONDS }).then(
        (answer) => answer === "OK",
        () => firstHere,
      );
    },
    async answers() {
      return redis.ping().then(
        () => true,
        () => false,
      );
    },
  };
}

/** Reads a session and restarts its idle time. A value that is not a session keeps its expiry. */
const RESUME = `local v = redis.call('GET', KEYS[1])
local idle = v and string.match(v, '"idleSeconds":(%d+)')
if idle then redis.call('EXPIRE', KEYS[1], idle) end
return v`;

/** Stores a session as its token's. Ends the token's earlier session, whose key it returns, and that of the former cookie. */
const BEGIN = `local before = redis.call('GET', KEYS[2])
if before then redis.call('DEL', before) end
if KEYS[3] then redis.call('DEL', KEYS[3]) end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
redis.call('SET', KEYS[2], KEYS[1], 'EX', ARGV[3])
return before`;

/** Ids of callbacks that this isolate has seen, the oldest first. */
const seen = new Set<string>();
const SEEN = 1_000;

/** Whether this isolate sees an id for the first time. */
function remember(id: string): boolean {
  if (seen.has(id)) return false;
  const [oldest] = seen;
  if (seen.size >= SEEN && oldest !== undefined) seen.delete(oldest);
  seen.add(id);
  return true;
}

async function guarded<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw new SessionsUnavailable("Redis did not answer", { cause });
  }
}

async function keyOf(cookie: string): Promise<string> {
  return `session:${toBase64url(await sha256(cookie))}`;
}
