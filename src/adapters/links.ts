import { fromBase64url, sha256, toBase64url, toHex, utf8 } from "#lib/encoding.ts";
import { UUID_BYTES, fromUuid, open, seal, toUuid } from "#lib/sealing.ts";

/** Links that need no login: the token alone allows its purpose, and nothing else. */

/** The purpose of the links in reminders. */
export const STOP_REMINDERS = "stop-reminders";

/**
 * 256 bits in base64url that cannot be derived without `secret` (HMAC-SHA-256, RFC 2104). The same purpose and parts give
 * the same token. The parts are encoded as a list, so that different lists give different tokens.
 */
export async function linkToken(secret: string, purpose: string, ...parts: string[]): Promise<string> {
  const hash = { name: "HMAC", hash: "SHA-256" } as const;
  const key = await crypto.subtle.importKey("raw", utf8(secret), hash, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, utf8(JSON.stringify([purpose, ...parts])));
  return toBase64url(new Uint8Array(mac));
}

/** 256 random bits in base64url. */
export function randomToken(): string {
  return toBase64url(crypto.getRandomValues(new Uint8Array(32)));
}

/** The purpose of the MAC in an API key. */
const API_KEY = "api-key";

/** The API key of an id: `hk_<id>_<MAC>`. It cannot be made without `secret`, so only its id is stored. */
export async function apiKeyOf(secret: string, id: string): Promise<string> {
  return `hk_${toBase64url(fromUuid(id))}_${await linkToken(secret, API_KEY, id)}`;
}

/** The id of a genuine API key, whether or not it is still valid; null for anything else. */
export async function readApiKey(secret: string, key: string): Promise<string | null> {
  const [, name = ""] = /^hk_([\w-]{22})_[\w-]{43}$/.exec(key) ?? [];
  const bytes = fromBase64url(name);
  if (bytes?.length !== UUID_BYTES) return null;
  const id = toUuid(bytes);
  return (await sameText(await apiKeyOf(secret, id), key)) ? id : null;
}

/** Compares by the hashes, so that the time it takes says nothing about where the texts differ. */
async function sameText(a: string, b: string): Promise<boolean> {
  return toHex(await sha256(a)) === toHex(await sha256(b));
}

/** A UUID in an encrypted token for one purpose, which cannot be read, changed or made without `secret`. */
export function sealId(secret: string, purpose: string, id: string): Promise<string> {
  return seal(secret, purpose, fromUuid(id));
}

/** The id in a token of `sealId` for the same purpose; null for anything else. */
export async function openId(secret: string, purpose: string, token: string): Promise<string | null> {
  const plain = await open(secret, purpose, token, UUID_BYTES);
  return plain && toUuid(plain);
}
