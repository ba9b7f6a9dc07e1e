import { type JSONWebKeySet, createLocalJWKSet, errors, jwtVerify } from "jose";
import * as z from "zod/v4";
import type { Infer } from "#contract/common.ts";
import { once } from "#lib/once.ts";
import type { Caller } from "#contract/caller.ts";
import { ROLES } from "#domain/closed-lists.ts";
import { readEmail } from "#domain/email.ts";
import { fromBase64url, fromStrictUtf8 } from "#lib/encoding.ts";
import { readUnambiguousJson } from "#lib/json.ts";

export interface IdentitySettings {
  issuer: string;
  audience: string;
  roleClaim: string;
}

/** The token is refused. The message is for the log, never for the caller. */
export class TokenRefused extends Error {
  override name = "TokenRefused";
}

/** The provider's keys cannot be fetched and no usable copy is left: the provider's fault, not the caller's. */
export class IdentityUnavailable extends Error {
  override name = "IdentityUnavailable";
}

/** Maximum length of a token, bytes; Auth0's have about 1 KB. */
const TOKEN_BYTES = 8192;
/** How far the provider's clock may be from ours, seconds. */
const TOLERANCE_SECONDS = 5;
/** A key set is fetched again after an hour and used for at most a day. */
const FRESH_MS = 3_600_000;
const STALE_MS = 86_400_000;
/** Maximum number of fetches a minute for unknown keys. A rotated key is among them. */
const ASKED_A_MINUTE = 2;
const MINUTE_MS = 60_000;
/** After a fetch that failed the provider is tried again after this time, and no request waits for it. */
const PROBE_MS = 2_000;
const FETCH_TIMEOUT_MS = 3_000;
/** Maximum number of verified tokens that are remembered. Then all are forgotten. */
const MAX_VERIFIED = 1_000;

const Header = once(() =>
  z.strictObject({ alg: z.literal("RS256"), typ: z.string(), kid: z.string().min(1).max(200) }),
);
const Role = once(() => z.enum(ROLES));
/** Two checks that jose does not make: it accepts a list of issuers, and numbers that JSON makes infinite (`1e400`). */
const Claims = once(() =>
  z.looseObject({
    iss: z.string(),
    sub: z.string().regex(/^[\x21-\x7e]{1,255}$/),
    iat: z.number().min(0),
    exp: z.number().min(0),
    nbf: z.number().min(0).optional(),
  }),
);

/** Keeps work going after the answer, as `waitUntil` does. */
type Background = (work: Promise<unknown>) => void;

/**
 * Verifies an access token by RFC 9068 and reads the caller from it. Typ `at+jwt`, exact issuer and audience, RS256 only, 5
 * s tolerance. Before jose it checks the size, canonical base64url and JSON without repeated members. The header has exactly
 * alg, typ and kid, which excludes jku, x5u, jwk and crit. After it: the claims and the namespaced role claim by zod.
 *
 * @throws TokenRefused for a bad token
 * @throws IdentityUnavailable if the key is unknown and the provider's keys cannot be fetched
 */
export async function verifyAccessToken(
  token: string,
  settings: IdentitySettings,
  background: Background,
): Promise<Caller> {
  const seen = verifiedBefore(settings.issuer, token);
  if (seen) return seen;
  const header = readParts(token);
  const options = {
    algorithms: ["RS256"],
    issuer: settings.issuer,
    audience: settings.audience,
    typ: "at+jwt",
    clockTolerance: TOLERANCE_SECONDS,
    requiredClaims: ["sub", "iat", "exp"],
  };
  const { keyOf, verified } = await keysFor(settings.issuer, header.kid, background);
  const { payload } = await jwtVerify(token, keyOf, options).catch((error: unknown) => {
    if (error instanceof errors.JOSEError) throw new TokenRefused(error.code);
    throw new IdentityUnavailable("the provider's key cannot be used", { cause: error });
  });
  const claims = Claims().safeParse(payload);
  if (!claims.success) throw new TokenRefused("claims");
  if (claims.data.iat > Date.now() / 1000 + TOLERANCE_SECONDS) throw new TokenRefused("iat");
  if (payload.gty === "client-credentials") throw new TokenRefused("a machine's token");
  const role = Role().safeParse(payload[settings.roleClaim]);
  if (!role.success) throw new TokenRefused("role");
  const namespace = settings.roleClaim.slice(0, settings.roleClaim.lastIndexOf("/") + 1);
  const caller: Caller = {
    via: "bearer",
    subject: claims.data.sub,
    role: role.data,
    sessionVersion: null,
    tokenIssuedAt: Math.floor(claims.data.iat),
    secondFactorAt: secondFactorAtOf(payload, namespace),
    verifiedEmail: verifiedEmailOf(payload, namespace),
  };
  if (verified.size >= MAX_VERIFIED) verified.clear();
  verified.set(token, { caller, endsAt: (claims.data.exp + TOLERANCE_SECONDS) * 1000 });
  return caller;
}

/**
 * The caller of a token that this isolate has verified with the present keys and that has not expired. An app sends the same
 * token with each request. The isolate's settings never change. The database decides whether a token ends earlier.
 */
function verifiedBefore(issuer: string, token: string): Caller | null {
  const set = inIsolate.get(issuer)?.set;
  if (!set || Date.now() - set.fetchedAt >= FRESH_MS) return null;
  const seen = set.verified.get(token);
  return seen && Date.now() < seen.endsAt ? seen.caller : null;
}

/** The latest instant that a Date can have is far beyond this one, seconds since 1970. */
const MAX_SECONDS = 253_402_300_799;

/**
 * When the login proved a second factor: `auth_time` where `amr` names `mfa` (RFC 8176), both in the role claim's namespace.
 * Epoch milliseconds.
 */
function secondFactorAtOf(payload: Record<string, unknown>, namespace: string): number | null {
  const amr = payload[`${namespace}amr`];
  const at = payload[`${namespace}auth_time`];
  if (!Array.isArray(amr) || !amr.includes("mfa")) return null;
  return Number.isSafeInteger(at) && Number(at) > 0 && Number(at) <= MAX_SECONDS ? Number(at) * 1000 : null;
}

/**
 * The caller's e-mail address if the provider has verified it, in the form of our records. Its claims `email` and
 * `email_verified` are in the role claim's namespace. Only the boolean true counts as verified.
 */
function verifiedEmailOf(payload: Record<string, unknown>, namespace: string): string | null {
  const email = payload[`${namespace}email`];
  return typeof email === "string" && payload[`${namespace}email_verified`] === true ? readEmail(email) : null;
}

/** Checks the form of the three parts. Returns the header. */
function readParts(token: string): Infer<typeof Header> {
  if (token.length > TOKEN_BYTES) throw new TokenRefused("size");
  const [head, payload, signature, ...more] = token.split(".").map(fromBase64url);
  if (!head?.length || !payload?.length || !signature?.length || more.length > 0) throw new TokenRefused("form");
  const text = fromStrictUtf8(head) ?? "";
  const parsed = readUnambiguousJson(text);
  const header = Header().safeParse(parsed);
  // White space and unusual escapes change the text when it is written again.
  if (!header.success || JSON.stringify(parsed) !== text) throw new TokenRefused("header");
  if (readUnambiguousJson(fromStrictUtf8(payload) ?? "") === undefined) throw new TokenRefused("payload");
  return header.data;
}

interface KeySet {
  jwks: JSONWebKeySet;
  fetchedAt: number;
  /** Finds and imports the key of a token. Made once, so that a key is imported once. */
  keyOf: ReturnType<typeof createLocalJWKSet>;
  /** Tokens that these keys have verified, with their callers; `endsAt` in epoch milliseconds. New keys verify again. */
  verified: Map<string, { caller: Caller; endsAt: number }>;
}

/** A key set as it was fetched, which has verified no token yet. */
function keySetOf({ jwks, fetchedAt }: Pick<KeySet, "jwks" | "fetchedAt">): KeySet {
  return { jwks, fetchedAt, keyOf: createLocalJWKSet(jwks), verified: new Map() };
}

/** An issuer's keys as this isolate knows them. */
interface Known {
  set: KeySet | null;
  /** When unknown keys asked the provider in the last minute. */
  asked: number[];
  /** When the last fetch failed; null after one that did not. */
  failedAt: number | null;
  /** The fetch under way, which all requests share. */
  fetching: Promise<void> | null;
}

const inIsolate = new Map<string, Known>();

/** The key set with `kid`: from this isolate, the data centre's cache, or the provider. */
async function keysFor(issuer: string, kid: string, background: Background): Promise<KeySet> {
  const known = inIsolate.get(issuer) ?? { set: null, asked: [], failedAt: null, fetching: null };
  inIsolate.set(issuer, known);
  known.set ??= await fromCache(issuer);
  const usable = (): KeySet | null =>
    known.set && Date.now() - known.set.fetchedAt <= STALE_MS && known.set.jwks.keys.some((key) => key.kid === kid)
      ? known.set
      : null;
  const restUntil = (known.failedAt ?? -PROBE_MS) + PROBE_MS;
  const set = usable();
  if (set) {
    if (Date.now() - set.fetchedAt >= FRESH_MS && Date.now() >= restUntil) void refresh(issuer, known, background);
    return set;
  }
  // Without the provider it cannot be decided whether an unknown key is valid.
  if (known.failedAt !== null) {
    if (Date.now() >= restUntil) void refresh(issuer, known, background);
    throw new IdentityUnavailable("the provider's keys cannot be fetched");
  }
  if (!known.fetching) {
    known.asked = known.asked.filter((at) => at > Date.now() - MINUTE_MS);
    if (known.asked.length >= ASKED_A_MINUTE) throw new TokenRefused("an unknown key");
    known.asked.push(Date.now());
  }
  await refresh(issuer, known, background);
  const found = usable();
  if (found) return found;
  throw known.failedAt === null ? new TokenRefused("an unknown key") : new IdentityUnavailable("no keys");
}

/** Fetches the keys. Requests that come while this happens share the fetch, and the end of one does not end it. */
function refresh(issuer: string, known: Known, background: Background): Promise<void> {
  known.fetching ??= fetchKeys(issuer, known);
  background(known.fetching);
  return known.fetching;
}

async function fetchKeys(issuer: string, known: Known): Promise<void> {
  const set = await fromProvider(issuer);
  known.fetching = null;
  known.failedAt = set ? null : Date.now();
  known.set = set ?? known.set;
}

const cacheKey = (issuer: string): string => `${issuer}.well-known/jwks.json?holdfast-cache`;

/** Shared by the isolates of a data centre. */
const cache = (): Promise<Cache> => caches.open("identity");

async function fromCache(issuer: string): Promise<KeySet | null> {
  const hit = await cache()
    .then((keys) => keys.match(cacheKey(issuer)))
    .catch(() => undefined);
  if (!hit) return null;
  return keySetOf(await hit.json());
}

/** The provider's key set. Null if it does not come in time, or is none. */
async function fromProvider(issuer: string): Promise<KeySet | null> {
  try {
    const response = await fetch(`${issuer}.well-known/jwks.json`, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (!response.ok) return null;
    const Jwks = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });
    const jwks = Jwks.parse(await response.json());
    const set = { jwks, fetchedAt: Date.now() };
    const headers = { "Content-Type": "application/json", "Cache-Control": `max-age=${STALE_MS / 1000}` };
    await cache()
      .then((keys) => keys.put(cacheKey(issuer), new Response(JSON.stringify(set), { headers })))
      .catch(() => undefined);
    return keySetOf(set);
  } catch {
    return null;
  }
}

/** Whether the provider's key set can be fetched now. */
export async function identityAnswers(issuer: string): Promise<boolean> {
  return fetch(`${issuer}.well-known/jwks.json`, { signal: AbortSignal.timeout(1_000) }).then(
    (response) => response.ok,
    () => false,
  );
}
