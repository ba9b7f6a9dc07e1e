import { type JSONWebKeySet, createLocalJWKSet, errors, jwtVerify } from "jose";
import * as z from "zod/v4";
import type { Infer } from "#contract/common.ts";
import { once } from "#lib/once.ts";
import { type Caller, ROLES } from "#contract/caller.ts";
import { fromBase64url, fromUtf8 } from "#lib/encoding.ts";
import { readJson } from "#lib/json.ts";

export interface IdentitySettings {
  issuer: string;
  audience: string;
  roleClaim: string;
}

/** The token is not one we accept; why is for the log, never for the caller. */
export class TokenRefused extends Error {
  override name = "TokenRefused";
}

/** The provider's keys cannot be had and no usable copy is left: provider trouble, not the caller's. */
export class IdentityUnavailable extends Error {
  override name = "IdentityUnavailable";
}

/** Longest token looked at, bytes; Auth0's are about 1 KB. */
const TOKEN_BYTES = 8192;
/** A key set is asked for again after an hour, used stale for a day, and an unknown key asks at most every 30 s. */
const FRESH_MS = 3_600_000;
const STALE_MS = 86_400_000;
const COOL_DOWN_MS = 30_000;
const FETCH_TIMEOUT_MS = 3_000;

const Header = once(() =>
  z.strictObject({ alg: z.literal("RS256"), typ: z.string(), kid: z.string().min(1).max(200) }),
);
const Subject = once(() => z.string().regex(/^[\x21-\x7e]{1,255}$/));

interface KeySet {
  jwks: JSONWebKeySet;
  fetchedAt: number;
}

const inIsolate = new Map<string, KeySet>();
const lastTry = new Map<string, number>();

/**
 * Verifies an access token as RFC 9068 wants it (typ `at+jwt`, exact issuer and audience, RS256 only, 5 s tolerance) and
 * reads the caller from it. Before jose sees it: size, canonical base64url, and a header of exactly alg, typ and kid, so
 * that jku, x5u, jwk, crit and repeated members are out. After it: `sub` and the namespaced role claim by zod.
 *
 * Throws TokenRefused for a bad token, IdentityUnavailable when the provider's keys cannot be had.
 */
export async function verifyAccessToken(token: string, settings: IdentitySettings): Promise<Caller> {
  const header = readHeader(token);
  const options = {
    algorithms: ["RS256"],
    issuer: settings.issuer,
    audience: settings.audience,
    typ: "at+jwt",
    clockTolerance: 5,
    requiredClaims: ["sub", "iat", "exp"],
  };
  const keys = await keysFor(settings.issuer, header.kid);
  const { payload } = await jwtVerify(token, createLocalJWKSet(keys.jwks), options).catch((error: unknown) => {
    if (error instanceof errors.JOSEError) throw new TokenRefused(error.code);
    throw error;
  });
  if (typeof payload.iss !== "string") throw new TokenRefused("iss");
  if ((payload.iat ?? 0) > Date.now() / 1000 + options.clockTolerance) throw new TokenRefused("iat");
  if (payload.gty === "client-credentials") throw new TokenRefused("a machine's token");
  const subject = Subject().safeParse(payload.sub);
  const role = z.enum(ROLES).safeParse(payload[settings.roleClaim]);
  if (!subject.success) throw new TokenRefused("sub");
  if (!role.success) throw new TokenRefused("role");
  const verifiedEmail = verifiedEmailOf(payload, settings.roleClaim);
  return { via: "bearer", subject: subject.data, role: role.data, sessionVersion: null, verifiedEmail };
}

/**
 * The caller's address, if the provider has verified it: claims `email` and `email_verified` in the role claim's
 * namespace. Anything but the boolean true counts as not verified.
 */
function verifiedEmailOf(payload: Record<string, unknown>, roleClaim: string): string | null {
  const namespace = roleClaim.slice(0, roleClaim.lastIndexOf("/") + 1);
  const email = z.email().max(254).safeParse(payload[`${namespace}email`]);
  return email.success && payload[`${namespace}email_verified`] === true ? email.data : null;
}

function readHeader(token: string): Infer<typeof Header> {
  if (token.length > TOKEN_BYTES) throw new TokenRefused("size");
  const parts = token.split(".");
  if (parts.length !== 3) throw new TokenRefused("form");
  const [first = ""] = parts.map(decodeCanonical);
  const parsed = readJson(first);
  const header = Header().safeParse(parsed);
  // Written back it must be the same text: repeated members and odd escapes are not.
  if (!header.success || JSON.stringify(parsed) !== first) throw new TokenRefused("header");
  return header.data;
}

function decodeCanonical(part: string): string {
  const bytes = fromBase64url(part);
  if (!bytes?.length) throw new TokenRefused("base64url");
  return fromUtf8(bytes);
}

/** The key set that has `kid` if the provider does: from this isolate, the colo's cache, or the provider. */
async function keysFor(issuer: string, kid: string): Promise<KeySet> {
  const known = inIsolate.get(issuer) ?? (await fromCache(issuer));
  const age = known ? Date.now() - known.fetchedAt : Number.POSITIVE_INFINITY;
  const has = known?.jwks.keys.some((key) => key.kid === kid) ?? false;
  if (known && has && age < FRESH_MS) return known;
  const tried = Math.max(lastTry.get(issuer) ?? 0, known?.fetchedAt ?? 0);
  if (!known || Date.now() - tried >= COOL_DOWN_MS) {
    lastTry.set(issuer, Date.now());
    const fetched = await fromProvider(issuer);
    if (fetched) return fetched;
    // The provider is down: whether an unknown key is good cannot be said.
    if (!known || !has || age > STALE_MS) throw new IdentityUnavailable("the provider's keys cannot be fetched");
  }
  if (age > STALE_MS) throw new IdentityUnavailable("the provider's keys are too old");
  return known;
}

const cacheKey = (issuer: string): string => `${issuer}.well-known/jwks.json?holdfast-cache`;

/** Shared by the isolates of a place. */
const cache = (): Promise<Cache> => caches.open("identity");

async function fromCache(issuer: string): Promise<KeySet | null> {
  const hit = await cache()
    .then((keys) => keys.match(cacheKey(issuer)))
    .catch(() => undefined);
  if (!hit) return null;
  const set: KeySet = await hit.json();
  inIsolate.set(issuer, set);
  return set;
}

async function fromProvider(issuer: string): Promise<KeySet | null> {
  try {
    const response = await fetch(`${issuer}.well-known/jwks.json`, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (!response.ok) return null;
    const jwks = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) }).parse(await response.json());
    const set: KeySet = { jwks, fetchedAt: Date.now() };
    inIsolate.set(issuer, set);
    const headers = { "Content-Type": "application/json", "Cache-Control": `max-age=${STALE_MS / 1000}` };
    await cache()
      .then((keys) => keys.put(cacheKey(issuer), new Response(JSON.stringify(set), { headers })))
      .catch(() => undefined);
    return set;
  } catch {
    return null;
  }
}

/** Whether the provider answers for its keys right now. */
export async function identityAnswers(issuer: string): Promise<boolean> {
  return fetch(`${issuer}.well-known/jwks.json`, { signal: AbortSignal.timeout(1_000) }).then(
    (response) => response.ok,
    () => false,
  );
}
