/** Links that need no login: who has the token may do what it is for, and nothing else. */

/**
 * 256 bits in base64url that nobody can derive without `secret` (HMAC-SHA-256, RFC 2104): the same for the same purpose
 * and parts. The parts are kept apart, so that no two lists give one token by accident.
 */
export async function linkToken(secret: string, purpose: string, ...parts: string[]): Promise<string> {
  const hash = { name: "HMAC", hash: "SHA-256" } as const;
  const key = await crypto.subtle.importKey("raw", bytesOf(secret), hash, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, bytesOf(JSON.stringify([purpose, ...parts])));
  return base64url(new Uint8Array(mac));
}

/** 256 random bits in base64url. */
export function randomToken(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/** SHA-256 of a token in hex: what is kept instead of it. */
export async function hashOf(token: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytesOf(token));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
