import { fromBase64url, fromHex, sha256, toBase64url, toHex, utf8 } from "#lib/encoding.ts";

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
  const bytes = fromHex(id.replaceAll("-", ""));
  if (bytes?.length !== UUID_BYTES) throw new TypeError("The id is not a UUID");
  return `hk_${toBase64url(bytes)}_${await linkToken(secret, API_KEY, id)}`;
}

/** The id of a genuine API key, whether or not it is still valid; null for anything else. */
export async function readApiKey(secret: string, key: string): Promise<string | null> {
  const [, name = ""] = /^hk_([\w-]{22})_[\w-]{43}$/.exec(key) ?? [];
  const bytes = fromBase64url(name);
  if (bytes?.length !== UUID_BYTES) return null;
  const id = uuidOf(bytes);
  return (await sameText(await apiKeyOf(secret, id), key)) ? id : null;
}

/** Compares by the hashes, so that the time it takes says nothing about where the texts differ. */
async function sameText(a: string, b: string): Promise<boolean> {
  return toHex(await sha256(a)) === toHex(await sha256(b));
}

/** AES-GCM's nonce and tag, bytes (NIST SP 800-38D). */
const NONCE = 12;
const TAG = 16;
const UUID_BYTES = 16;

/** A UUID in an encrypted token for one purpose (AES-256-GCM), which cannot be read, changed or made without `secret`. */
export async function sealId(secret: string, purpose: string, id: string): Promise<string> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
  const plain = fromHex(id.replaceAll("-", ""));
  if (plain?.length !== UUID_BYTES) throw new TypeError("The id is not a UUID");
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, await sealingKey(secret, purpose), plain);
  return toBase64url(new Uint8Array([...nonce, ...new Uint8Array(sealed)]));
}

/** The id in a token of `sealId` for the same purpose; null for anything else. */
export async function openId(secret: string, purpose: string, token: string): Promise<string | null> {
  const bytes = fromBase64url(token);
  if (bytes?.length !== NONCE + UUID_BYTES + TAG) return null;
  const iv = bytes.slice(0, NONCE);
  const key = await sealingKey(secret, purpose);
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, bytes.slice(NONCE)).catch(() => null);
  if (plain === null) return null;
  return uuidOf(new Uint8Array(plain));
}

function uuidOf(bytes: Uint8Array): string {
  return toHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** A key for one purpose (HKDF, RFC 5869): it does not decrypt tokens for another purpose. */
async function sealingKey(secret: string, purpose: string): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey("raw", utf8(secret), "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8(purpose) } as const;
  return crypto.subtle.deriveKey(how, root, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}
