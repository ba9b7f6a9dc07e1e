import { Redis } from "@upstash/redis/cloudflare";
import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { type Caller, ROLES } from "#contract/caller.ts";
import type { Infer } from "#contract/common.ts";
import { sha256, toBase64url } from "#lib/encoding.ts";

export interface SessionSettings {
  url: string;
  token: string;
}

/** Redis did not answer, or not in time. */
export class SessionsUnavailable extends Error {
  override name = "SessionsUnavailable";
}

const TIMEOUT_MS = 2_000;

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

export interface Sessions {
  /** Begins a session. Returns the cookie's value, 256 random bits; Redis gets only its hash, as the key. */
  begin(
    caller: { subject: string; role: Caller["role"]; sessionVersion: number; secondFactorAt: number | null },
    limits: SessionLimits,
  ): Promise<string>;
  /** The caller of a cookie's session, whose idle time starts again. Null if the session is unknown, idle or over. */
  resume(cookie: string): Promise<{ caller: Caller; idleEndsAt: number } | null>;
  end(cookie: string): Promise<void>;
  /** Whether a signed callback's id is used for the first time in 15 minutes; true if Redis does not answer. */
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
    signal: () => AbortSignal.timeout(TIMEOUT_MS),
  });
  return {
    async begin(caller, limits) {
      const cookie = toBase64url(crypto.getRandomValues(new Uint8Array(32)));
      const stored: Infer<typeof Stored> = {
        ...caller,
        endsAt: Date.now() + limits.absoluteSeconds * 1000,
        idleSeconds: limits.idleSeconds,
      };
      await guarded(async () => redis.set(await keyOf(cookie), stored, { ex: limits.idleSeconds }));
      return cookie;
    },
    async resume(cookie) {
      if (!/^[A-Za-z0-9_-]{43}$/.test(cookie)) return null;
      const key = await keyOf(cookie);
      // The idle time is in the value: a script reads it and extends the expiry, in one request.
      const raw = await guarded(() => redis.eval<[], string | null>(RESUME, [key], []));
      const stored = Stored().safeParse(typeof raw === "string" ? JSON.parse(raw) : raw);
      if (!stored.success || stored.data.endsAt <= Date.now()) return null;
      const { endsAt, idleSeconds, ...caller } = stored.data;
      const idleEndsAt = Math.min(endsAt, Date.now() + idleSeconds * 1000);
      return { caller: { via: "session", ...caller, verifiedEmail: null }, idleEndsAt };
    },
    async end(cookie) {
      await guarded(async () => redis.del(await keyOf(cookie)));
    },
    async isFirstUse(id) {
      return redis.set(`used:${id}`, 1, { nx: true, ex: 900 }).then(
        (answer) => answer === "OK",
        () => true,
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

const RESUME = `local v = redis.call('GET', KEYS[1])
if v then redis.call('EXPIRE', KEYS[1], string.match(v, '"idleSeconds":(%d+)')) end
return v`;

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
