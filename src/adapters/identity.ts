import { type JSONWebKeySet, createLocalJWKSet, errors, jwtVerify } from "jose";
import * as z from "zod/v4";
import type { Infer } from "#contract/common.ts";
import { once } from "#lib/once.ts";
import { type Caller, ROLES } from "#contract/caller.ts";
import { readEmail } from "#domain/email.ts";
import { fromBase64url, fromUtf8 } from "#lib/encoding.ts";
import { readJson } from "#lib/json.ts";

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
/** A key set is fetched again after an hour and used for at most a day. An unknown key fetches it at most every 30 s. */
const FRESH_MS = 3_600_000;
const STALE_MS = 86_400_000;
const COOL_DOWN_MS = 30_000;
const FETCH_TIMEOUT_MS = 3_000;

const Header = once(() =>
  z.strictObject({ alg: z.literal("RS256"), typ: z.string(), kid: z.string().min(1).max(200) }),
);
const Subject = once(() => z.string().regex(/^[\x21-\x7e]{1,255}$/));
const Role = once(() => z.enum(ROLES));

interface KeySet {
  jwks: JSONWebKeySet;
  fetchedAt: number;
}

const inIsolate = new Map<string, KeySet>();
const lastTry = new Map<string, number>();

/**
 * Verifies an access token by RFC 9068 (typ `at+jwt`, exact issuer and audience, RS256 only, 5 s tolerance) and reads the
 * caller from it. Before jose: size, canonical base64url, and a header of exactly alg, typ and kid, which excludes jku,
 * x5u, jwk, crit and repeated members. After it: `sub` and the namespaced role claim by zod.
 *
 * @throws TokenRefused for a bad token
 * @throws IdentityUnavailable if the provider's keys cannot be fetched
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
  const role = Role().safeParse(payload[settings.roleClaim]);
  if (!subject.success) throw new TokenRefused("sub");
  if (!role.success) throw new TokenRefused("role");
  const namespace = settings.roleClaim.slice(0, settings.roleClaim.lastIndexOf("/") + 1);
  return {
    via: "bearer",
    subject: subject.data,
    role: role.data,
    sessionVersion: null,
    secondFactorAt: secondFactorAtOf(payload, namespace),
    verifiedEmail: verifiedEmailOf(payload, namespace),
  };
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
 * The caller's e-mail address if the provider has verified it: claims `email` and `email_verified` in the role claim's
 * namespace, in the form in which records have it. Only the boolean true counts as verified.
 */
function verifiedEmailOf(payload: Record<string, unknown>, namespace: string): string | null {
  const email = payload[`${namespace}email`];
  return typeof email === "string" && payload[`${namespace}email_verified`] === true ? readEmail(email) : null;
}

function readHeader(token: string): Infer<typeof Header> {
  if (token.length > TOKEN_BYTES) throw new TokenRefused("size");
  const parts = token.split(".");
  if (parts.length !== 3) throw new TokenRefused("form");
  const [first = ""] = parts.map(decodeCanonical);
  const parsed = readJson(first);
  const header = Header().safeParse(parsed);
  // Repeated members and unusual escapes change the text when it is written again.
  if (!header.success || JSON.stringify(parsed) !== first) throw new TokenRefused("header");
  return header.data;
}

function decodeCanonical(part: string): string {
  const bytes = fromBase64url(part);
  if (!bytes?.length) throw new TokenRefused("base64url");
  return fromUtf8(bytes);
}

/** The key set with `kid`, if the provider has it: from this isolate, the data centre's cache, or the provider. */
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
    // Without the provider it cannot be decided whether an unknown key is valid.
    if (!known || !has || age > STALE_MS) throw new IdentityUnavailable("the provider's keys cannot be fetched");
  }
  if (age > STALE_MS) throw new IdentityUnavailable("the provider's keys are too old");
  return known;
}

const cacheKey = (issuer: string): string => `${issuer}.well-known/jwks.json?holdfast-cache`;

/** Shared by the isolates of a data centre. */
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

/** Whether the provider's key set can be fetched now. */
export async function identityAnswers(issuer: string): Promise<boolean> {
  return fetch(`${issuer}.well-known/jwks.json`, { signal: AbortSignal.timeout(1_000) }).then(
    (response) => response.ok,
    () => false,
  );
}
