import { fromBase64url, fromHex, toBase64url, toHex, utf8 } from "#lib/encoding.ts";

/** AES-GCM's nonce and tag, bytes (NIST SP 800-38D). */
const NONCE = 12;
const TAG = 16;

export const UUID_BYTES = 16;

/** Bytes in an encrypted token for one purpose (AES-256-GCM), which cannot be read, changed or made without `secret`. */
export async function seal(secret: string, purpose: string, plain: Uint8Array<ArrayBuffer>): Promise<string> {
  return sealWith(await sealingKey(secret, purpose), plain);
}

/** The bytes in a token of `seal` for the same purpose, if there are `length` of them. Null for any other text. */
export async function open(
  secret: string,
  purpose: string,
  token: string,
  length: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (fromBase64url(token)?.length !== NONCE + length + TAG) return null;
  return openWith(await sealingKey(secret, purpose), token);
}

/**
 * The same with a key for AES-GCM. `bound` is text that is authenticated and not stored: only with the same text does the
 * token open again.
 */
export async function sealWith(key: CryptoKey, plain: Uint8Array<ArrayBuffer>, bound = ""): Promise<string> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
  const how = { name: "AES-GCM", iv: nonce, additionalData: utf8(bound) };
  const sealed = await crypto.subtle.encrypt(how, key, plain);
  return toBase64url(new Uint8Array([...nonce, ...new Uint8Array(sealed)]));
}

/** The bytes in a token of `sealWith` for the same key and text; null for anything else. */
export async function openWith(key: CryptoKey, token: string, bound = ""): Promise<Uint8Array<ArrayBuffer> | null> {
  const bytes = fromBase64url(token);
  if (!bytes || bytes.length < NONCE + TAG) return null;
  const how = { name: "AES-GCM", iv: bytes.slice(0, NONCE), additionalData: utf8(bound) };
  const plain = await crypto.subtle.decrypt(how, key, bytes.slice(NONCE)).catch(() => null);
  return plain && new Uint8Array(plain);
}

/** The 16 bytes of a UUID. @throws TypeError for anything else */
export function fromUuid(id: string): Uint8Array<ArrayBuffer> {
  const bytes = fromHex(id.replaceAll("-", ""));
  if (bytes?.length !== UUID_BYTES) throw new TypeError("The id is not a UUID");
  return bytes;
}

/** The UUID of 16 bytes. */
export function toUuid(bytes: Uint8Array): string {
  return toHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** A key for one purpose (HKDF, RFC 5869): it does not decrypt tokens for another purpose. */
async function sealingKey(secret: string, purpose: string): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey("raw", utf8(secret), "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8(purpose) } as const;
  return crypto.subtle.deriveKey(how, root, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** A new UUIDv7 (RFC 9562 5.7): `now` in epoch milliseconds, then random bits. */
export function newId(now: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(UUID_BYTES));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(now / 2 ** 16));
  view.setUint16(4, now % 2 ** 16);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x70);
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
  return toUuid(bytes);
}
