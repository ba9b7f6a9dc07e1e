/** The bytes of a text in UTF-8. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

/** The text of UTF-8 bytes; invalid bytes become U+FFFD. */
export function fromUtf8(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }).decode(bytes);
}

/** The text of UTF-8 bytes, a byte order mark included; null for invalid bytes. */
export function fromStrictUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Base64 with padding (RFC 4648 4). */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The bytes of base64, with or without padding; null for anything else. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

/** Base64url without padding (RFC 4648 5, RFC 7515 2). */
export function toBase64url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * The bytes of canonical base64url: no padding, no spaces and no spare bits (RFC 4648 3.5). So two texts never mean the same
 * bytes. Null for anything else.
 */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
  return bytes && toBase64url(bytes) === text ? bytes : null;
}

/** Two lower-case digits for each byte. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The bytes of an even number of hexadecimal digits; null for anything else. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^([0-9a-f]{2})*$/i.test(text)) return null;
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

/** The SHA-256 (FIPS 180-4) of a text in UTF-8: 32 bytes. */
export async function sha256(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text)));
}

/** The SHA-256 of a text in UTF-8 as 64 hexadecimal digits. */
export async function sha256Hex(text: string): Promise<string> {
  return toHex(await sha256(text));
}

/**
 * A PostgreSQL array literal for a parameter with a cast (`${pgArray(ids)}::uuid[]`). Texts are quoted, so any content is
 * safe; null is SQL null.
 */
export function pgArray(values: readonly (string | number | boolean | null)[]): string {
  const elements = values.map((value) => {
    if (value === null) return "null";
    return typeof value === "string" ? `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"` : String(value);
  });
  return `{${elements.join(",")}}`;
}
