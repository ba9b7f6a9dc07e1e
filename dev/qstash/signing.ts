import { createHash, randomBytes } from "node:crypto";
import { SignJWT } from "jose";

/** How long a signature is valid. */
const LIFETIME_SECONDS = 300;

/** A new signing key in the shape of QStash's. */
export function newSigningKey(): string {
  return `sig_${randomBytes(21).toString("base64url")}`;
}

/**
 * The `Upstash-Signature` of one request: a JWT over destination and body.
 * Source: https://upstash.com/docs/qstash/features/security
 *
 * @param nowMs the real time, also with a virtual clock, because the receiver compares it with its own clock
 */
export async function signRequest(key: string, url: string, body: Buffer, nowMs: number): Promise<string> {
  const now = Math.floor(nowMs / 1000);
  const hash = createHash("sha256").update(body).digest("base64url");
  return new SignJWT({ body: `${hash}=` })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuer("Upstash")
    .setSubject(url)
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + LIFETIME_SECONDS)
    .setJti(`jwt_${randomBytes(16).toString("hex")}`)
    .sign(new TextEncoder().encode(key));
}
